import type { Answers } from '../../answers/types.ts';
import { word } from '../../emit/literals.ts';
import { toSlug } from '../../facts/derivedNames.ts';
import { poolerPort } from '../../facts/pgbouncer.ts';
import type { Plan } from '../../plan/types.ts';

/** What the templates see of it, and where the web tasks look for their database; its numbers are in `plan.pgbouncer`. */
export function viewPgbouncer({ pooler, projectName }: Answers, { pgbouncer }: Plan) {
  const isPooled = pgbouncer !== undefined;
  return {
    pgbouncer: isPooled,
    poolerNamespace: word(`${toSlug(projectName)}.internal`),
    // Its log tells the wait in this unit.
    poolerWaitAlarmMicroseconds: pgbouncer === undefined ? 0 : pgbouncer.waitAlarmMs.value * 1000,
    webDatabase: isPooled
      ? { host: word(`${pooler}.${toSlug(projectName)}.internal`), port: poolerPort }
      : { host: 'RDS_ENDPOINT', port: 5432 },
  };
}
