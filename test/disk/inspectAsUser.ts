// Run in a process of its own: access(2) asks for the real user, which a process can give up but never take back.
import { inspectTarget } from '../../disk/read/inspectTarget.ts';

const [target = '', packageRoot = ''] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgid?.(1000);
  process.setuid?.(1000);
}
const outcome = await inspectTarget(target, packageRoot).catch((error: unknown) => error);
process.stdout.write(outcome instanceof Error ? `${outcome.name}: ${outcome.message}` : JSON.stringify(outcome));
