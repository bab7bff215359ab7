import type { Places } from '../../drift/place.ts';
import type { FileRow } from '../../emit/types.ts';
import type { PythonVersion } from '../../facts/python.ts';

/** Everything that the repository has for one CI provider. Every part is required: a provider without one says so. */
export interface CiFeature {
  /** What the provider calls itself. */
  readonly title: string;
  /** The newest Python that its build images have; undefined where a job runs in an image of any Python. */
  readonly pythonMaximum: PythonVersion | undefined;
  /** Whether there is a pipeline, which releases what is pushed to main. */
  readonly hasPipeline: boolean;
  /** Its pipelines, and what keeps the dependencies up to date. */
  readonly files: readonly CiFile[];
  /** What only the user knows: fields of `platform` in deploy/parameters.json, and what they hold at first. */
  readonly parameters: readonly CiParameter[];
  /** Where a number of the plan stands in its pipelines. */
  readonly places: Places;
  readonly fragments: CiFragments;
}

export type CiFile = Pick<FileRow, 'template' | 'path' | 'policy'>;

export interface CiParameter {
  readonly name: string;
  readonly value: string;
}

/** What a provider adds to files that every repository has: paths under `templates/`, '' for nothing. */
export interface CiFragments {
  /** Parameters of the platform's stack: one for each of `parameters`. */
  readonly stackParameters: string;
  readonly stackConditions: string;
  /** The roles `<slug>-build` and `<slug>-release`: whom they trust, and what they may do; the identity provider. */
  readonly stackRoles: string;
  /** The runbook: rows that say what to write into each of `parameters`. */
  readonly parameterRows: string;
  /** The runbook: how the pipeline is set up. */
  readonly pipeline: string;
  /** The runbook: rows of the rights to build and push, for roles that somebody makes by hand. */
  readonly rightsRows: string;
  /** The runbook: what the platform stack removes that others may use. */
  readonly takedown: string;
}
