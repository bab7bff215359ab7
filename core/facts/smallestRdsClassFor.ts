import { maxConnectionsLowerBound } from './maxConnections.ts';
import { rdsClassRows } from './rdsClasses.ts';
import type { RdsClass, RdsKind } from './rdsClasses.ts';

/** Kinds to look in, by the first letter of a family. An extreme class is never proposed: a plain one always does. */
const kindsTried: Readonly<Record<string, readonly RdsKind[]>> = {
  t: ['burstable', 'general'],
  m: ['general'],
  r: ['memory'],
  x: ['memory'],
};

/**
 * The class with the least memory that is sure to take so many connections, of the kind of `likeName` (a burstable
 * class stays burstable as long as one is big enough) and within that memory the family that is proposed first:
 * Graviton, plain, common. Without `likeName` as for the default class, a burstable one.
 *
 * @returns undefined above 5000 connections, which no class takes
 */
export function smallestRdsClassFor(connections: number, likeName?: string): RdsClass | undefined {
  const letter = /^db\.([mrtx])/.exec(likeName ?? '')?.[1] ?? 't';
  for (const kind of kindsTried[letter] ?? []) {
    const [smallest] = rdsClassRows
      .filter((row) => row.kind === kind && maxConnectionsLowerBound(row.memoryGiB) >= connections)
      .toSorted((left, right) => left.memoryGiB - right.memoryGiB);
    if (smallest !== undefined) {
      return smallest;
    }
  }
  return undefined;
}
