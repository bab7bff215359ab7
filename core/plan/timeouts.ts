import { item } from './item.ts';
import { sources } from './sources.ts';
import type { Plan } from './types.ts';

/** Longest S: graceful_timeout S + 5 and ten seconds more must stay within ECS's stopTimeout of 120 s. */
export const slowestRequestMaximumSeconds = 105;
export const migrationLockTimeoutMs = 5000;
export const migrationAttempts = 3;

type Timeouts = {
  readonly gunicorn: Pick<Plan['gunicorn'], 'timeoutSeconds' | 'gracefulTimeoutSeconds' | 'keepaliveSeconds'>;
  readonly service: Pick<Plan['service'], 'stopTimeoutSeconds'>;
  readonly loadBalancer: Pick<Plan['loadBalancer'], 'idleTimeoutSeconds' | 'deregistrationDelaySeconds'>;
  readonly database: Pick<
    Plan['database'],
    | 'statementTimeoutMs'
    | 'lockTimeoutMs'
    | 'idleInTransactionTimeoutMs'
    | 'migrationLockTimeoutMs'
    | 'migrationAttempts'
    | 'connectTimeoutSeconds'
    | 'tcpUserTimeoutMs'
    | 'connMaxAgeSeconds'
  >;
};

/**
 * The ordered chain of time limits, from S, the slowest legitimate request in seconds: what lies further out always
 * waits longer than what lies further in.
 */
export function orderTimeouts(slowest: number): Timeouts {
  const timeout = Math.max(60, 2 * slowest);
  const idle = timeout + 15;
  const graceful = Math.max(30, slowest + 5);
  const lockMs = Math.floor(Math.min((slowest * 1000) / 3, 10_000));
  return {
    gunicorn: {
      timeoutSeconds: item(
        timeout,
        `max(60, 2 x ${slowest} s slowest request) = ${timeout} s, above statement_timeout ${slowest} s`,
        sources.gunicornTimeout,
      ),
      gracefulTimeoutSeconds: item(
        graceful,
        `max(30, ${slowest} s slowest request + 5) = ${graceful} s to finish requests after SIGTERM`,
        sources.gracefulTimeout,
      ),
      keepaliveSeconds: item(
        idle + 15,
        `ALB idle timeout ${idle} s + 15: the ALB closes idle connections first, or clients see 502`,
        sources.keepalive,
      ),
    },
    service: {
      stopTimeoutSeconds: item(
        graceful + 10,
        `graceful_timeout ${graceful} s + 10, so that SIGKILL never cuts a request`,
        sources.stopTimeout,
      ),
    },
    loadBalancer: {
      idleTimeoutSeconds: item(idle, `gunicorn timeout ${timeout} s + 15`, sources.idleTimeout),
      deregistrationDelaySeconds: item(
        slowest + 10,
        `${slowest} s slowest request + 10: requests in flight finish before SIGTERM`,
        sources.deregistration,
      ),
    },
    database: {
      statementTimeoutMs: item(
        slowest * 1000,
        `the slowest legitimate request, ${slowest} s: gunicorn does not limit a request, the database does`,
        sources.postgresTimeouts,
      ),
      lockTimeoutMs: item(
        lockMs,
        `min(${slowest} s / 3, 10 s): a request that waits for a lock gives up early`,
        sources.postgresTimeouts,
      ),
      idleInTransactionTimeoutMs: item(
        slowest * 1000,
        `the slowest legitimate request, ${slowest} s: an abandoned transaction holds locks no longer`,
        sources.postgresTimeouts,
      ),
      migrationLockTimeoutMs: item(
        migrationLockTimeoutMs,
        'a migration that waits for a lock blocks every request behind it, so it gives up after 5 s',
        sources.postgresTimeouts,
      ),
      migrationAttempts: item(
        migrationAttempts,
        `${migrationAttempts} attempts for a migration that could not get its lock`,
        sources.postgresTimeouts,
      ),
      connectTimeoutSeconds: item(
        5,
        'a host that does not answer must not block a thread longer',
        sources.libpqTimeouts,
      ),
      tcpUserTimeoutMs: item(
        10_000,
        'a connection whose packets are dropped in a failover is closed after 10 s',
        sources.libpqTimeouts,
      ),
      connMaxAgeSeconds: item(
        600,
        'avoids a TCP and TLS handshake for each request; one connection per thread',
        sources.connMaxAge,
      ),
    },
  };
}
