import type { PythonVersion } from './python.ts';

/**
 * The Django versions that can be chosen, and the Python that each one runs on.
 *
 * Sources, read 2026-11-23: the package index (newest releases 5.2.19 and 6.1.3); Django 6.1 release notes and
 * release process (Python versions, end of support). The exact day of an end of support is not announced, the month is.
 * Django 6.0 is left out: 6.1 has taken its place for everything but security fixes.
 */
export interface DjangoVersion {
  /** Major and minor, as a requirement pins it: `Django>=5.2,<5.3`. */
  readonly version: string;
  readonly lts: boolean;
  /** Lowest Python of the emitted project. Django 5.2 itself still takes 3.10; we start at 3.11. */
  readonly pythonMinimum: string;
  /** Highest Python among the classifiers of its package. */
  readonly pythonMaximum: PythonVersion;
  /** Month in which security fixes end, `YYYY-MM`. */
  readonly endOfSupport: string;
}

export const djangoVersions = [
  { version: '5.2', lts: true, pythonMinimum: '3.11', pythonMaximum: '3.14', endOfSupport: '2028-04' },
  { version: '6.1', lts: false, pythonMinimum: '3.12', pythonMaximum: '3.15', endOfSupport: '2027-12' },
] as const satisfies readonly DjangoVersion[];

export type DjangoVersionName = (typeof djangoVersions)[number]['version'];

/** The long-term support release. */
export const djangoDefault: DjangoVersionName = '5.2';

/** The row of a version, or undefined for one that cannot be chosen. */
export function findDjangoVersion(version: string): DjangoVersion | undefined {
  return djangoVersions.find((row) => row.version === version);
}
