/**
 * What PgBouncer accepts and costs.
 *
 * Sources, read 2026-11-25: PgBouncer 1.24 documentation (config, usage) and changelog: since 1.21 it follows prepared
 * statements of the protocol, since 1.23 SIGTERM waits for clients to leave and SIGINT for transactions to end; ECS API,
 * DeploymentConfiguration. PgBouncer runs on one thread, so a second vCPU would do nothing for it.
 */

/** What stands between the web tasks and the database. */
export const poolers = ['none', 'pgbouncer'] as const;
export type Pooler = (typeof poolers)[number];

/** Two tasks in two zones: one serves while the other is replaced. */
export const poolerTasks = 2;

/** One of the two may go before its replacement is there, in percent. */
export const poolerMinimumHealthyPercent = 50;
/** Never a third task, in percent: each may hold a whole pool. */
export const poolerMaximumPercent = 100;

/** Clients that each task takes beside the slots: health checks, an operator. */
export const spareClients = 10;

/** Its port, by its own convention. */
export const poolerPort = 6432;

/** CPU time of one query with TLS on both sides, in microseconds: 62 to 68 measured with 8 clients (decision 6). */
export const queryCpuMicroseconds = 70;

/** CPU time of one client that connects, in milliseconds: TLS and SCRAM, 6 to 9 measured (decision 6). */
export const connectCpuMs = 8;

/** Queries of an average request: an assumption, for the size of the tasks only. */
export const queriesPerRequest = 10;

/** Memory of a client that is connected over TLS, in KiB: 29 measured, and room for its buffers. */
export const clientMemoryKiB = 64;

/** Statements that it remembers for each connection, its default. */
export const maxPreparedStatements = 200;
