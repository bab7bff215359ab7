/** RDS never sets more by default, whatever the memory. */
export const connectionsCap = 5000;

const mib = 2 ** 20;
const gib = 2 ** 30;
/** Bytes of memory that RDS's formula counts for one connection. */
const bytesPerConnection = 9_531_392;

/**
 * A number of connections that an RDS for PostgreSQL instance with so much memory is sure to take.
 *
 * RDS divides DBInstanceClassMemory, which is the class's memory less what the operating system and RDS keep. AWS does
 * not publish how much that is, and it is far from nothing: db.t4g.micro reports 79 connections, not 112. So 11 % and
 * 200 MiB are taken off first. The result lies below all 28 values that AWS documents or that projects report
 * (2026-11-23); it is a fit to them, not a rule of AWS's.
 *
 * @param memoryGiB memory of the class in GiB
 */
export function maxConnectionsLowerBound(memoryGiB: number): number {
  const usableBytes = 0.89 * memoryGiB * gib - 200 * mib;
  return Math.max(0, Math.min(connectionsCap, Math.floor(usableBytes / bytesPerConnection)));
}

/**
 * What RDS would set with no memory kept back: an upper bound of its default, LEAST(memory / 9531392, 5000).
 *
 * @param memoryGiB memory of the class in GiB
 */
export function nominalMaxConnections(memoryGiB: number): number {
  return Math.min(connectionsCap, Math.floor((memoryGiB * gib) / bytesPerConnection));
}
