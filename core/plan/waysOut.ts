import {
  connectionsCap,
  findRdsClass,
  maxConnectionsLowerBound,
  reservedConnections,
  smallestRdsClassFor,
} from '../facts/rds.ts';
import { connectionsAround, migrationConnections, operatorConnections } from './connections.ts';
import type { Demand, WayOut, WebDemand } from './demand.ts';
import type { SizingAnswers } from './types.ts';

/** Connections at the peak that are not the web tasks': reserved ones, and those of the capabilities. */
export function setAsideFor(demands: readonly Demand[]): number {
  return demands.reduce((sum, { connections }) => sum + (connections?.peak ?? 0), reservedConnections);
}

/** All connections but those of the web tasks, each with its name. */
export function listOthers(demands: readonly Demand[]): readonly string[] {
  const taken = demands.flatMap(({ connections }) =>
    connections === undefined || connections.peak === 0 ? [] : [`${connections.peak} ${connections.who}`],
  );
  return [
    ...taken,
    `${migrationConnections} migration`,
    `${operatorConnections} operators`,
    `${reservedConnections} reserved`,
  ];
}

/** A class that holds as many, or a higher limit where the class does already. */
export function largerDatabase(answers: SizingAnswers, needed: number): WayOut {
  const present = findRdsClass(answers.rdsClass);
  const own = present === undefined ? 0 : maxConnectionsLowerBound(present.memoryGiB);
  if (own >= needed) {
    return {
      text:
        `a higher limit: --rds-class ${answers.rdsClass} without --rds-max-connections holds ${own} >= ${needed}; ` +
        'raise max_connections in its parameter group',
      changes: { rdsMaxConnections: undefined },
    };
  }
  const larger = smallestRdsClassFor(needed, answers.rdsClass);
  if (larger === undefined) {
    return {
      text: `a larger database: no class is large enough, RDS allows at most ${connectionsCap} connections and ${needed} are needed`,
    };
  }
  const holds = maxConnectionsLowerBound(larger.memoryGiB);
  const without = answers.rdsMaxConnections === undefined ? '' : ' without --rds-max-connections';
  return {
    text: `a larger database: --rds-class ${larger.name}${without} (${larger.memoryGiB} GiB) holds ${holds} >= ${needed}`,
    changes: { rdsClass: larger.name, rdsMaxConnections: undefined },
  };
}

/** What each capability can do without, beside so many connections of the web tasks. */
export function getAlongWithFewer({ demands, maxConnections }: WebDemand, webConnections: number): readonly WayOut[] {
  return demands.flatMap((demand) => {
    const others = webConnections + connectionsAround(setAsideFor(demands.filter((other) => other !== demand)));
    return demand.connections?.fewer(others, maxConnections) ?? [];
  });
}
