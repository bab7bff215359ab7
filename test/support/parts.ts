/** A share of the tests that runs in a process of its own. */
export interface Part {
  readonly name: string;
  /**
   * Beside what it runs. Parts that compute share the cores; those that mostly wait, for timeouts and for each other's
   * servers, have a lane beside them; while one that measures under load runs, nothing else does.
   */
  readonly lane: 'computes' | 'waits' | 'alone';
  /** Which outside tools must be there before it starts: none, all but those that are compiled, or all. */
  readonly tools: 'none' | 'most' | 'all';
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

/** The engine's folder is one daemon's at a time, so all that use it are in one part. */
const needsEngine = (file: string): boolean => under('test/image')(file) || named('firstWeeks/month')(file);

/** The short ones first. Started from the back, see run-tests.ts. */
export const parts: readonly Part[] = [
  {
    name: 'static',
    lane: 'computes',
    tools: 'all',
    matches: (file) => under('test/static')(file) || under('test/scripts')(file),
  },
  { name: 'package', lane: 'computes', tools: 'most', matches: named('package') },
  { name: 'pipelines', lane: 'computes', tools: 'all', matches: named('emitted/ci', 'emitted/pipelines') },
  {
    name: 'infrastructure',
    lane: 'computes',
    tools: 'most',
    matches: named('emitted/cloudformation', 'emitted/workerScaling', 'emitted/workerStacks'),
  },
  { name: 'runtime', lane: 'computes', tools: 'most', matches: under('test/runtime') },
  {
    name: 'firstWeeks',
    lane: 'computes',
    tools: 'most',
    matches: (file) => under('test/firstWeeks')(file) && !needsEngine(file),
  },
  { name: 'worker', lane: 'waits', tools: 'most', matches: under('test/worker') },
  {
    name: 'service',
    lane: 'waits',
    tools: 'most',
    matches: named(
      'system/errors',
      'system/failover',
      'system/mail',
      'system/migrations',
      'system/servers',
      'system/service',
      'system/uploads',
    ),
  },
  { name: 'system', lane: 'alone', tools: 'most', matches: under('test/system') },
  { name: 'pgbouncer', lane: 'waits', tools: 'most', matches: under('test/pgbouncer') },
  { name: 'core', lane: 'computes', tools: 'none', matches: under('test/core') },
  { name: 'emitted', lane: 'computes', tools: 'most', matches: under('test/emitted') },
  { name: 'release', lane: 'computes', tools: 'most', matches: under('test/release') },
  {
    name: 'image',
    lane: 'computes',
    tools: 'most',
    // The longest part: it starts before the others that need tools.
    matches: needsEngine,
  },
  {
    name: 'generators',
    lane: 'computes',
    tools: 'none',
    matches: (file) => under('test/generators')(file) || under('test/bin')(file),
  },
  { name: 'regeneration', lane: 'computes', tools: 'none', isSlow: true, matches: under('test/regeneration') },
  // Whatever else there is, so that no test file can be forgotten: disk and what mirrors other sources.
  { name: 'rest', lane: 'computes', tools: 'none', matches: () => true },
];

/** The test files of a part. */
export function filesOf(part: Part, files: readonly string[]): readonly string[] {
  return files.filter((file) => parts.find((candidate) => candidate.matches(file)) === part);
}
