import { item } from './item.ts';
import { sources } from './sources.ts';
import type { Plan } from './types.ts';

/** Storage that a new database starts with, in GiB: the least that RDS sells as gp3. */
export const databaseStorageGiB = 20;
/** A leak of data is to be noticed by the alarm, not by the bill. */
const growthLimit = 5;

type Storage = Pick<Plan['database'], 'storageGiB' | 'storageMaximumGiB' | 'backupRetentionDays'>;

/** Storage of a new database, how far it may grow by itself, and how long its backups are kept. */
export function keepData(): Storage {
  const maximum = growthLimit * databaseStorageGiB;
  return {
    storageGiB: item(
      databaseStorageGiB,
      `${databaseStorageGiB} GiB gp3, the smallest that RDS offers`,
      sources.storage,
    ),
    storageMaximumGiB: item(
      maximum,
      `${growthLimit} x ${databaseStorageGiB} GiB: storage grows automatically up to this size, and never shrinks`,
      sources.storage,
    ),
    backupRetentionDays: item(
      7,
      '7 days to notice a mistake and restore any second before it; the default of RDS is 1',
      sources.backups,
    ),
  };
}
