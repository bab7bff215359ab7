import { multiAzFactor, regionPricesUsd } from '../facts/prices.ts';
import type { FeatureSections } from '../features/types.ts';
import { costNames } from './costNames.ts';
import { priceParts } from './costParts.ts';
import type { Demands } from './demands.ts';
import { item, plural, show } from './item.ts';
import { costSource } from './priceTasks.ts';
import { databaseStorageGiB } from './storage.ts';
import type { CostPart, Plan, SizingAnswers } from './types.ts';

/**
 * Dollars a month for the lowest number of tasks and all that stands around them, part by part. A price that the table does
 * not know is null, and the sum then, too: what is known of it is no sum. What depends on use is named with the total.
 */
export function price(
  answers: SizingAnswers,
  memoryMiB: number,
  demands: Demands,
  sections: FeatureSections,
): Plan['cost'] {
  const parts = priceParts(answers, memoryMiB, demands, sections);
  const named = (Object.keys(costNames) as CostPart[]).flatMap((key) => {
    const part = parts[key];
    return part === undefined ? [] : [{ name: nameOf(key, answers), value: part.value }];
  });
  const known = named.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  const missing = named.filter(({ value }) => value === null).map(({ name }) => name);
  const least = known.reduce((sum, { value }) => sum + value, 0);
  const terms = known.map(({ name, value }) => `${name} ${value}`).join(' + ');
  const lowest = [plural(answers.minTasks, 'task'), ...demands.lowest].join(' and ');
  const rest = `at ${lowest}; billed by use, not included: ${byUse(answers, demands).join(', ')}`;
  return {
    ...parts,
    knownUsdPerMonth: item(least, known.length === 0 ? 'no price is known' : terms, costSource),
    totalUsdPerMonth:
      missing.length === 0
        ? item(least, `${terms}, ${rest}`, costSource)
        : item(
            null,
            `${known.length === 0 ? '' : `at least ${terms}, `}${rest}; no price is known for: ${missing.join(', ')}`,
            costSource,
          ),
  };
}

function nameOf(key: CostPart, { egress }: SizingAnswers): string {
  const way = egress === 'nat' ? 'NAT gateway' : 'interface endpoints';
  return key === 'egressUsdPerMonth' ? way : costNames[key];
}

/** What the bill holds beside the sum, with its price where that is known. */
function byUse(answers: SizingAnswers, demands: Demands): readonly string[] {
  const prices = regionPricesUsd(answers.region);
  const storageUsd = prices && Number(show(prices.rdsStorageGbMonth * (answers.multiAz ? multiAzFactor : 1), 4));
  const each = (usd: number | undefined, unit: string): string => (usd === undefined ? '' : ` ($${usd} ${unit})`);
  return [
    'tasks above the minimum',
    'traffic',
    `logs${each(prices?.logsGb, `a GB, $${prices?.logsStoredGbMonth} a GB and month stored`)}`,
    `images${each(prices?.imagesGbMonth, 'a GB')}`,
    `storage${each(storageUsd, 'a GB')} and backups${each(prices?.rdsBackupGbMonth, 'a GB')} above ${databaseStorageGiB} GB`,
    ...demands.byUse,
  ];
}
