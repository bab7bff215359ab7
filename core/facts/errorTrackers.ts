/** Where exceptions are reported, beside the log. */
export const errorTrackers = ['none', 'sentry'] as const;
export type ErrorTracker = (typeof errorTrackers)[number];

/** Longest wait for events that are not sent yet, when a process ends: the default of Sentry's SDK. */
export const flushMaximumSeconds = 2;
