import assert from 'node:assert/strict';
import { readEmitted } from './emit.ts';
import { runOk } from './run.ts';

/** A change of a stack by hand, and the test of the repository that notices it. */
export type StackEdit = readonly [what: string, stack: string, search: RegExp, by: string, test: string];

interface TestRun {
  readonly code: number;
  readonly output: string;
}

/** The tests of the stacks with one text changed at a time; to start pytest takes longer than to run them. */
const program = `
import contextlib, io, json, pathlib, pytest, sys
arguments = ["-p", "no:cacheprovider", "-p", "no:django", "--quiet", "tests/test_infrastructure.py"]
runs = []
for file, text in json.load(sys.stdin):
    path = pathlib.Path(file)
    before = path.read_text()
    path.write_text(text)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = pytest.main(arguments)
    path.write_text(before)
    runs.append({"code": int(code), "output": output.getvalue()})
json.dump(runs, sys.stdout)
`;

/**
 * Runs tests/test_infrastructure.py of a repository once for each edit, in one process; they pass without any.
 *
 * @param python of a virtual environment with the requirements of the repository
 * @returns by the index of the edit what `assertObjection` looks at
 */
export async function tryEdits(
  python: string,
  repository: string,
  edits: readonly StackEdit[],
): Promise<readonly TestRun[]> {
  const fileOf = (stack: string) => `deploy/cloudformation/${stack}.yaml`;
  const changed = edits.map(([what, stack, search, by]) => {
    const before = readEmitted(repository, fileOf(stack));
    const after = before.replace(search, by);
    assert.notEqual(after, before, what);
    return [fileOf(stack), after];
  });
  const unchanged = [fileOf('data'), readEmitted(repository, fileOf('data'))];
  const { stdout } = await runOk(python, ['-c', program], {
    cwd: repository,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    input: JSON.stringify([unchanged, ...changed]),
  });
  const [control, ...runs] = JSON.parse(stdout) as readonly TestRun[];
  assert.equal(control?.code, 0, control?.output);
  assert.equal(runs.length, edits.length);
  return runs;
}

/** Fails unless the run ended red, by the test that is there for the edit. */
export function assertObjection([what, , , , test]: StackEdit, seen: TestRun | undefined): void {
  assert.equal(seen?.code, 1, `${what}: ${seen?.output}`);
  assert.match(seen.output, new RegExp(`^FAILED .*::test_\\w*${test}`, 'mu'), what);
}
