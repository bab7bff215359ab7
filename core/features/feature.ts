import type { Answers, Declaration } from '../answers/types.ts';
import type { Places } from '../drift/place.ts';
import type { FileRow } from '../emit/types.ts';
import type { NameKind, NameRule } from '../facts/derivedNames.ts';
import type { FeaturePlan } from '../plan/demand.ts';
import type { Plan } from '../plan/types.ts';

/** What the user is asked about a capability. */
export interface FeatureAnswers {
  readonly declarations: readonly Declaration[];
  /** Answers that are each allowed, but not together: what is wrong, and what to take instead. */
  readonly contradictions?: (answers: Answers) => readonly string[];
  /** Changes of the answers that are impossible, each with what to do instead. */
  readonly refused?: (before: Answers, after: Answers) => readonly string[];
  /** What a change of the answers means for what runs already, besides a stack that goes. */
  readonly told?: (before: Answers, after: Answers) => readonly string[];
}

/** A stack of a capability. */
export interface FeatureStack {
  /** Behind the project's name. */
  readonly name: string;
  /** Where not every value of the answer makes it. */
  readonly when?: (answers: Answers) => boolean;
  /** What its template keeps when the stack is deleted; empty: nothing. */
  readonly kept: (answers: Answers) => string;
  /** What was set up by hand where there are no stacks. */
  readonly byHand: (answers: Answers) => string;
}

/** What a capability emits. */
export interface FeatureFiles {
  /** Its own files, each only while the capability is on. */
  readonly rows: readonly FileRow[];
  readonly stack?: FeatureStack;
  /**
   * Files that are there without it, too, and that it changes: with half of them it would be half there. Texts for people
   * and tests do not count. `project/` stands for the project's package.
   */
  readonly needs: readonly string[];
  /** The optional dependencies of templates/versions/pyproject.toml that the service needs for it. */
  readonly extras?: (answers: Answers) => readonly string[];
  /** Its secrets in deploy/environment.json, whose values the user sets by `make secret`; asked only while it is on. */
  readonly secrets?: (answers: Answers) => readonly (string | FeatureSecret)[];
}

/** A secret whose made-up value must have a form, such as a URL. */
export interface FeatureSecret {
  readonly name: string;
  /** For the tests and for compose: nothing may answer there. */
  readonly example: string;
}

/** The names that its resources make from the project's name. That of its stack is in `FeatureFiles`. */
export interface FeatureNames {
  /** Kinds that nothing else has. */
  readonly rules?: readonly NameRule[];
  /** Names of kinds that every repository has. */
  readonly more?: Readonly<Partial<Record<NameKind, NameRule['names']>>>;
}

/** A service that runs the image of a release. */
export interface ReleasedService {
  readonly name: string;
  /** The parameter of the service's stack that holds its revision. */
  readonly parameter: string;
  /** How many tasks it starts with. */
  readonly tasks: number;
  /** How many a deployment at its ceiling runs. */
  readonly peakTasks: number;
  /** How long a busy task is spared, where it is. */
  readonly protectionMinutes?: number;
}

/** What the release program reads of a capability in `deploy/release.json`. */
export interface FeatureRelease {
  /** Services beside the web service, in the order in which they are replaced; asked only while it is on. */
  readonly services?: (answers: Answers, plan: Plan) => readonly ReleasedService[];
  /** What deploy/ecs leaves out, and under which name what stands says it; asked only while it is on. */
  readonly words?: (answers: Answers) => Readonly<Record<string, string>>;
  /** Further fields; they are there without it, too, and say so. */
  readonly says?: (answers: Answers, plan: Plan) => Readonly<Record<string, unknown>>;
}

/** An optional capability: one folder, and one line in features.ts. */
export interface Feature {
  /** For people. */
  readonly name: string;
  /** The answer that turns it on. */
  readonly key: 'assets' | 'broker' | 'errors' | 'mail' | 'media' | 'pooler' | 'static' | 'user';
  /** The value of that answer that leaves it out. */
  readonly off: string;
  readonly answers: FeatureAnswers;
  readonly plan: FeaturePlan;
  readonly files: FeatureFiles;
  readonly names: FeatureNames;
  readonly release: FeatureRelease;
  /** Where its numbers stand, in its own files and in shared ones. */
  readonly places: Places;
}
