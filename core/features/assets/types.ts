import type { AssetBuilder } from '../../facts/node.ts';

export interface AssetsAnswers {
  /** Who builds JavaScript and CSS. */
  readonly assets: AssetBuilder;
}
