/**
 * Days that CloudWatch Logs can keep the events of a log group.
 *
 * Source, read 2026-11-23: botocore 1.44.5, `logs` service model (PutRetentionPolicy.retentionInDays), and cfn-lint
 * 1.58.0, schema of AWS::Logs::LogGroup; both list the same values.
 */
export const logRetentionOptionsDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
export type LogRetentionDays = (typeof logRetentionOptionsDays)[number];
