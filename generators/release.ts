import type { Answers } from '../core/answers/types.ts';
import { migrations } from '../core/answers/migrations.ts';
import type { Migration } from '../core/answers/migrations.ts';
import { emit } from '../core/emit/emit.ts';
import { renames } from '../core/emit/renames.ts';
import type { Rename } from '../core/emit/renames.ts';
import type { EmittedFile } from '../core/emit/types.ts';
import type { Plan } from '../core/plan/types.ts';
import { ownPackage } from '../disk/package/ownPackage.ts';
import { readTemplates } from '../disk/package/readTemplates.ts';

/** What one version of this package knows: a run brings a repository to it. */
export interface Release {
  readonly version: string;
  /** The whole repository for some answers. */
  readonly render: (answers: Answers, plan: Plan) => readonly EmittedFile[];
  /** Oldest first, of all versions up to this one. */
  readonly renames: readonly Rename[];
  readonly migrations: readonly Migration[];
}

/** The version that is installed. */
export async function ownRelease(): Promise<Release> {
  const templates = await readTemplates();
  return {
    version: ownPackage().version,
    render: (answers, plan) => emit(answers, plan, templates),
    renames,
    migrations,
  };
}
