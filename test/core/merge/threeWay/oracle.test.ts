import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { mergeText } from '../../../../core/merge/threeWay/mergeText.ts';
import type { Three } from '../../../../core/three.ts';
import { skip } from '../../../support/need.ts';
import { lineTriple, uniqueTriple } from '../texts.ts';

/** What `git merge-file` makes of it; undefined for a conflict. */
function byGit(folder: string, texts: Three<string>): Promise<string | undefined> {
  const sides = ['yours', 'last', 'next'] as const;
  const files = sides.map((side) => path.join(folder, side));
  for (const [index, side] of sides.entries()) writeFileSync(String(files[index]), texts[side]);
  return new Promise((resolve, reject) => {
    execFile('git', ['merge-file', '-p', '-q', ...files], { cwd: folder }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (typeof error.code === 'number' && error.code > 0 && error.code < 128) resolve(undefined);
      else reject(error);
    });
  });
}

describe('core/merge/threeWay/mergeText, beside git merge-file', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-'));
  before(async function () {
    const isThere = await new Promise((resolve) => execFile('git', ['--version'], (error) => resolve(error === null)));
    if (isThere === false) skip(this, 'git: not on PATH');
  });
  after(() => rmSync(folder, { recursive: true }));

  async function compare(
    triples: fc.Arbitrary<Three<string>>,
    numRuns: number,
    isRight: (own: string, git: string, texts: Three<string>) => boolean,
  ): Promise<{ readonly same: number; readonly other: number; readonly conflicts: number }> {
    const seen = { same: 0, other: 0, conflicts: 0 };
    const property = fc.asyncProperty(triples, async (texts) => {
      const [git, own] = [await byGit(folder, texts), mergeText(texts)];
      if (git === undefined || own.kind !== 'merged') seen.conflicts += 1;
      else {
        seen[own.text === git ? 'same' : 'other'] += 1;
        assert(isRight(own.text, git, texts), JSON.stringify({ own: own.text, git }));
      }
    });
    await fc.assert(property, { numRuns });
    return seen;
  }

  it('gives the same text wherever both find no conflict', async () => {
    const seen = await compare(uniqueTriple, 80, (own, git) => own === git);
    assert(seen.same > 20 && seen.conflicts > 5, JSON.stringify(seen));
  });

  it('gives the same text nearly always, and never loses a line that one side alone has, where many lines are equal', async () => {
    const triples = lineTriple.map(joined);
    // Where an equal line stands twice, which of the two was deleted or moved is a guess: git's may be another one.
    const seen = await compare(triples, 80, (own, git, texts) => {
      const alone = linesOfOneSide(texts);
      return linesIn(own, alone) === linesIn(git, alone);
    });
    assert(seen.same > 20 && seen.other <= 4 && seen.conflicts > 5, JSON.stringify(seen));
  });

  it('may guess otherwise than git which of two equal lines was meant', async () => {
    const texts = {
      last: '\n\na\n\n',
      yours: '\na\na\n\n__proto__\n',
      next: '\n\na\na\n\n',
    };
    const own = mergeText(texts);
    assert(own.kind === 'merged');
    assert.notEqual(own.text, await byGit(folder, texts));
    assert.deepEqual(linesOfOneSide(texts), ['__proto__']);
    assert.match(own.text, /^__proto__$/m);
  });
});

function joined({ last, yours, next }: Three<readonly string[]>): Three<string> {
  return { last: join(last), yours: join(yours), next: join(next) };
}

/** What one side has added, and nobody else has: it can be taken for no other line. */
function linesOfOneSide({ last, yours, next }: Three<string>): readonly string[] {
  const [known, one, other] = [last, yours, next].map((text) => new Set(text.split('\n')));
  const added = [...(one ?? [])].filter((line) => !other?.has(line));
  return [...added, ...[...(other ?? [])].filter((line) => !one?.has(line))].filter((line) => !known?.has(line));
}

/** Those lines of a text, in no order. */
function linesIn(text: string, wanted: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => wanted.includes(line))
    .toSorted()
    .join('\n');
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
