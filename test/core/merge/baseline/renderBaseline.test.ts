import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { renderBaseline as renderEntries } from '../../../../core/merge/baseline/renderBaseline.ts';
import { toEntry } from '../../../../core/merge/baseline/toEntry.ts';
import type { EmittedFile, Policy } from '../../../../core/emit/types.ts';
import { InternalError } from '../../../../core/errors.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const file = (
  path: string,
  content: string | Uint8Array,
  policy: Policy = 'merge',
  executable = false,
): EmittedFile => ({
  path,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
  policy,
  executable,
});
const renderBaseline = (
  config: Readonly<Record<string, unknown>>,
  version: string,
  files: readonly EmittedFile[],
  hash: (bytes: Uint8Array) => string,
): string => renderEntries(config, new Map(files.map((one) => [one.path, toEntry(one, version, hash)])));
const short = (bytes: Uint8Array): string => sha256(bytes).slice(0, 8);

describe('renderBaseline', () => {
  it('holds the files in order, with text only where it is merged later', () => {
    const files = [
      file('shop/urls.py', 'x = "é"\n'),
      file('manage.py', '#!\n', 'merge', true),
      file('requirements.txt', 'a\n', 'lock'),
      file('.env.example', 'A=1\n', 'once'),
      file('logo.png', Uint8Array.of(0, 255), 'binary'),
    ];
    const text = renderBaseline({ vcpu: 0.5, ci: 'github', nested: { b: [2, 1], a: null } }, '1.4.0', files, short);
    assert.equal(
      text,
      `{
  "schema": 1,
  "generator": "generator-django-fargate",
  "config": {
    "ci": "github",
    "nested": {
      "a": null,
      "b": [
        2,
        1
      ]
    },
    "vcpu": 0.5
  },
  "files": {
    ".env.example": {
      "policy": "once",
      "version": "1.4.0",
      "sha256": "${short(Buffer.from('A=1\n'))}",
      "exec": false
    },
    "logo.png": {
      "policy": "binary",
      "version": "1.4.0",
      "sha256": "${short(Uint8Array.of(0, 255))}",
      "exec": false
    },
    "manage.py": {
      "policy": "merge",
      "version": "1.4.0",
      "sha256": "${short(Buffer.from('#!\n'))}",
      "exec": true,
      "text": "#!\\n"
    },
    "requirements.txt": {
      "policy": "lock",
      "version": "1.4.0",
      "sha256": "${short(Buffer.from('a\n'))}",
      "exec": false
    },
    "shop/urls.py": {
      "policy": "merge",
      "version": "1.4.0",
      "sha256": "${short(Buffer.from('x = "é"\n'))}",
      "exec": false,
      "text": "x = \\"é\\"\\n"
    }
  }
}
`,
    );
  });

  it('is the same whatever the order of answers and files', () => {
    const answers = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(answers, fc.uniqueArray(fc.string({ minLength: 1 })), (config, paths) => {
        const files = paths.map((path) => file(path, path));
        const turned = Object.fromEntries(Object.entries(config).toReversed());
        assert.equal(
          renderBaseline(turned, '1', files.toReversed(), sha256),
          renderBaseline(config, '1', files, sha256),
        );
      }),
    );
  });

  it('parses, and gives every text back to the byte', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })), {
          selector: ([path]) => path,
        }),
        (pairs) => {
          const files = pairs.map(([path, content]) => file(path, `\uFEFF${content}`));
          const parsed = JSON.parse(renderBaseline({}, '1', files, sha256)) as { files: object };
          const read = new Map(Object.entries(parsed.files) as [string, { text: string; sha256: string }][]);
          assert.equal(read.size, files.length);
          for (const { path, bytes } of files) {
            const entry = read.get(path);
            assert.deepEqual(Buffer.from(entry?.text ?? ''), Buffer.from(bytes));
            assert.equal(entry?.sha256, sha256(bytes));
          }
        },
      ),
    );
  });

  it('holds no files as it should', () => {
    assert.deepEqual(JSON.parse(renderBaseline({}, '1', [], sha256)).files, {});
  });

  it('calls a file to be merged that is not UTF-8 a bug', () => {
    assert.throws(() => renderBaseline({}, '1', [file('a.py', Uint8Array.of(0xe9))], sha256), InternalError);
  });
});
