import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { UserError } from '../../../../core/errors.ts';
import type { Entry } from '../../../../core/merge/baseline/baseline.ts';
import { readBaseline } from '../../../../core/merge/baseline/readBaseline.ts';
import { renderBaseline } from '../../../../core/merge/baseline/renderBaseline.ts';
import { toEntry } from '../../../../core/merge/baseline/toEntry.ts';
import { file, sha256 } from '../world.ts';

const entries = new Map<string, Entry>([
  ['a.py', toEntry(file('a.py', 'x = 1\n'), '1.2.3', sha256)],
  ['b.txt', { ...toEntry(file('b.txt', 'b', 'lock'), '1.2.3', sha256), state: 'deleted-by-user' }],
]);
const whole = renderBaseline({ vcpu: 2 }, entries);

function refused(text: string, message: RegExp): void {
  assert.throws(
    () => readBaseline(text, sha256),
    (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.exitCode, 4);
      assert.match(error.message, message);
      assert.match(error.message, /nothing was written/);
      return true;
    },
  );
}

describe('core/merge/baseline/readBaseline', () => {
  it('reads what was rendered', () => {
    assert.deepEqual(readBaseline(whole, sha256), { config: { vcpu: 2 }, entries, broken: new Set() });
  });

  describe('case 45: a damaged baseline', () => {
    it('truncated at any place: refused as a whole', () => {
      for (let end = 0; end < whole.trimEnd().length; end += 7) refused(whole.slice(0, end), /is not JSON/);
    });

    it('with the markers of a merge of two branches: refused, and says that either side will do', () => {
      const line = '  "schema": 1,';
      refused(
        whole.replace(line, `<<<<<<< HEAD\n${line}\n=======\n${line}\n>>>>>>> branch`),
        /markers of an unfinished merge.*either side/,
      );
    });

    it('of a newer version: refused, and says what to install', () => {
      refused(whole.replace('"schema": 1', '"schema": 2'), /form 2.*Install the version/);
    });

    it('of another program, or something else: refused', () => {
      for (const text of ['[]', 'null', '"x"', '{}', '{"generator": "other", "schema": 1, "files": {}}']) {
        refused(text, /is not a baseline/);
      }
      refused('{"generator": "generator-django-fargate", "schema": 1, "files": []}', /is not a baseline/);
    });

    it('with one wrong hash, text or entry: that file alone has no last', () => {
      const faults: readonly ((entry: string) => string)[] = [
        (entry) => entry.replace('x = 1', 'x = 2'),
        (entry) => entry.replace(/"sha256": "./, '"sha256": "g'),
        (entry) => entry.replace('"merge"', '"binary"'),
        (entry) => entry.replace('"1.2.3"', '12'),
        (entry) => entry.replace(/,\s*"text":.*\n/, '\n'),
        (entry) => entry.replace('"exec": false', '"exec": 0'),
        (entry) => entry.replace('"exec": false', '"exec": false, "state": "mine"'),
      ];
      for (const fault of faults) {
        const damaged = whole.replace(/^ {4}"a\.py": [^]*?^ {4}\}/m, fault);
        assert.notEqual(damaged, whole);
        const read = readBaseline(damaged, sha256);
        assert.deepEqual([...read.broken], ['a.py']);
        assert.deepEqual([...read.entries.keys()], ['b.txt']);
      }
    });
  });

  it('refuses paths that lead out of the repository', () => {
    for (const path of ['../a', '/etc/passwd', 'C:/a', 'a/../../b', '.git/hooks/pre-commit', 'a\\b', '', 'a//b']) {
      const text = whole.replace('"a.py"', JSON.stringify(path));
      refused(text, /names the path/);
    }
  });

  it('refuses or reads any text, and never trusts a text whose hash is wrong', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 3 }), (at, inserted) => {
        const text = whole.slice(0, at) + inserted + whole.slice(at + 1);
        try {
          for (const [, entry] of readBaseline(text, sha256).entries) {
            if (entry.text !== undefined) assert.equal(sha256(new TextEncoder().encode(entry.text)), entry.sha256);
          }
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
    );
  });
});
