import { choice } from '../../answers/declare.ts';
import type { Declaration } from '../../answers/types.ts';
import { assetBuilders } from '../../facts/node.ts';
import type { FeatureAnswers } from '../feature.ts';

const declarations: readonly Declaration[] = [
  choice('a builder of JavaScript and CSS', assetBuilders, {
    key: 'assets',
    flag: 'assets',
    title: 'JavaScript and CSS',
    help: 'served as they are (none), or built by the scripts of package.json (node)',
    asked: false,
    default: 'none',
    defaultText: '`none`',
    computed: false,
    off: 'none',
  }),
];

export const assetsAnswers: FeatureAnswers = { declarations };
