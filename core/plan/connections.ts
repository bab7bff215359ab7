/** ECS's default for a rolling deployment: no running task is taken away before its replacement is healthy. */
export const minimumHealthyPercent = 100;
/** ECS's default for a rolling deployment: every task may have its replacement beside it. */
export const maximumPercent = 200;

export const migrationConnections = 1;
export const operatorConnections = 2;

/**
 * Tasks that hold database connections at the worst moment of a deployment. `maximumPercent` counts neither draining
 * nor stopping tasks, so what starts in their place comes on top, up to a whole second fleet.
 */
export function peakTasks(maxTasks: number, percent: number = maximumPercent): number {
  const runMax = Math.floor((maxTasks * percent) / 100);
  return Math.min(2 * maxTasks, runMax + (runMax - maxTasks));
}

/** Connections that a fleet needs at its peak, beside the migration, the operators and the server's own. */
export function plannedConnections(slots: number, maxTasks: number, reservedConnections: number): number {
  return slots * peakTasks(maxTasks) + migrationConnections + operatorConnections + reservedConnections;
}

/** What is reserved or belongs to others: all that a fleet without web tasks holds. */
export function connectionsAround(setAside: number): number {
  return plannedConnections(0, 0, setAside);
}

/** The most tasks whose slots fit; 0 when not even one does. */
export function tasksThatFit(slots: number, maxConnections: number, reservedConnections: number): number {
  const left = maxConnections - plannedConnections(0, 0, reservedConnections);
  let tasks = Math.max(0, Math.floor(left / slots));
  while (tasks > 0 && plannedConnections(slots, tasks, reservedConnections) > maxConnections) {
    tasks -= 1;
  }
  return tasks;
}
