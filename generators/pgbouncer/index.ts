import { requireNode } from '../../disk/package/requireNode.ts';

requireNode();
// Imported above, Yeoman and all of ours would be loaded before anything can be said.
const { default: generator } = await import('./generator.ts');
export default generator;
