/** A share of the tests that runs in a process of its own. */
export interface Part {
  readonly name: string;
  /** Runs while nothing else does: for tests that measure under load. */
  readonly alone: boolean;
  /** Uses outside tools, which are then installed first. */
  readonly usesTools: boolean;
  /** Takes minutes, so that fast runs leave it out. */
  readonly isSlow?: boolean;
  /** Which test files, by path from the checkout; a file that several parts match belongs to the first. */
  readonly matches: (file: string) => boolean;
}

const under = (folder: string) => (file: string) => file.startsWith(`${folder}/`);

const named = (...names: readonly string[]) => {
  const files = names.map((name) => `test/${name}.test.ts`);
  return (file: string) => files.includes(file);
};

/** In the order in which they are printed: the short ones first. Started from the back, see run-tests.ts. */
export const parts: readonly Part[] = [
  {
    name: 'static',
    alone: false,
    usesTools: true,
    matches: (file) => under('test/static')(file) || under('test/scripts')(file),
  },
  { name: 'package', alone: false, usesTools: true, matches: named('package') },
  { name: 'pipelines', alone: false, usesTools: true, matches: named('emitted/ci', 'emitted/pipelines') },
  {
    name: 'infrastructure',
    alone: false,
    usesTools: true,
    matches: named('emitted/cloudformation', 'emitted/workerScaling', 'emitted/workerStacks'),
  },
  { name: 'image', alone: false, usesTools: true, matches: under('test/image') },
  { name: 'worker', alone: false, usesTools: true, matches: under('test/worker') },
  { name: 'system', alone: true, usesTools: true, matches: under('test/system') },
  { name: 'core', alone: false, usesTools: false, matches: under('test/core') },
  { name: 'emitted', alone: false, usesTools: true, matches: under('test/emitted') },
  { name: 'release', alone: false, usesTools: true, matches: under('test/release') },
  {
    name: 'generators',
    alone: false,
    usesTools: false,
    matches: (file) => under('test/generators')(file) || under('test/bin')(file),
  },
  { name: 'regeneration', alone: false, usesTools: false, isSlow: true, matches: under('test/regeneration') },
  // Whatever else there is, so that no test file can be forgotten: disk and what mirrors other sources.
  { name: 'rest', alone: false, usesTools: false, matches: () => true },
];

/** The test files of a part. */
export function filesOf(part: Part, files: readonly string[]): readonly string[] {
  return files.filter((file) => parts.find((candidate) => candidate.matches(file)) === part);
}
