import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { runOk } from '../support/run.ts';

/** Phrases that read as translated, and what to write instead. They must not come back. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\b(?:is|was|are|were) not to be had\b/iu, 'could not be acquired, cannot be created'],
  [/\bcannot be had\b/iu, 'cannot be installed'],
  [/, and \S+ is none\b/iu, "'x' is not a file"],
  [/\bis red\b/iu, 'fails'],
  [/\bback by itself\b/iu, 'rolls back automatically'],
  [/\bbrings what it needs\b/iu, 'installs everything it needs'],
  [/\b(?:names|name) (?:itself|themselves)\b/iu, 'is reported with what is allowed'],
  [/\bthe mend\b|\bmends? (?:it|that|them)\b|\bmended\b/iu, 'fix'],
  [/\banew\b/iu, 'again, re-'],
  [/\ball the same\b/iu, 'anyway'],
  [/\bin vain\b/iu, 'without success'],
  [/\b(?:way|ways) out of (?:the|a) private\b/iu, 'egress'],
  [/\bwhoever\b/iu, 'the caller, anyone who'],
  [/\bits like\b/iu, 'similar files'],
  [/\bsomebody else(?: makes| sets| set)\b/iu, 'someone else'],
  [/\bsome other day\b/iu, 'later'],
  [/\bof your own accord\b/iu, 'on your own'],
  [/\bit is said\b/iu, 'the message says'],
  [/\btold of\b/iu, 'reported'],
  [/\bis none of (?:these|those|them)\b/iu, 'is not one of'],
  [/\bbrought up to date\b/iu, 'updated'],
];

/** What people read: pages, sources with their messages, and everything that is emitted. */
const read = [
  '*.md',
  'docs/*.md',
  'bin',
  'core',
  'disk',
  'generators',
  'scripts',
  'templates',
  'runtime/django_fargate',
];

/** Records of their time, and texts that a run writes. */
const leftOut = /^(?:CHANGELOG\.md|docs\/decisions\/|docs\/rehearsal\.md|docs\/capacity\.md|test\/)|\.(?:pem|lock)$/u;

/** The lines of a text that hold a phrase, each with what to write instead. */
function findPhrases(text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) =>
    phrases.flatMap(([phrase, instead]) => {
      const found = phrase.exec(line)?.[0];
      return found === undefined ? [] : [`${index + 1}: "${found}": ${instead}`];
    }),
  );
}

describe('words', () => {
  it('none of the phrases that read as translated comes back', async () => {
    const { stdout } = await runOk('git', ['ls-files', ...read], { cwd: root });
    const files = stdout
      .split('\n')
      .filter((file) => file !== '' && !leftOut.test(file) && existsSync(path.join(root, file)));
    assert.ok(files.length > 300);
    assert.deepEqual(
      files.flatMap((file) => findPhrases(readFileSync(path.join(root, file), 'utf8')).map((at) => `${file}:${at}`)),
      [],
    );
  });

  it('a phrase is found with its line', () => {
    const text =
      'fine\nDB_SSLROOTCERT must be a file, and x is none\nThe pipeline is red when ECS went back by itself\n';
    assert.deepEqual(findPhrases(text), [
      `2: ", and x is none": 'x' is not a file`,
      '3: "is red": fails',
      '3: "back by itself": rolls back automatically',
    ]);
  });
});
