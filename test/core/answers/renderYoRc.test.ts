import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { storageKey, toStored } from '../../../core/answers/files.ts';
import { renderYoRc } from '../../../core/answers/renderYoRc.ts';
import { UserError } from '../../../core/errors.ts';
import { resolve } from './sample.ts';

const parse = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('core/answers/renderYoRc', () => {
  it('is JSON with two spaces and a final newline', () => {
    const text = renderYoRc(undefined, resolve());
    assert.equal(text, `${JSON.stringify({ [storageKey]: toStored(resolve()) }, undefined, 2)}\n`);
    assert.match(text, /^\{\n {2}"generator-django-fargate": \{\n {4}"projectName": "shop",\n[\s\S]*\n\}\n$/);
  });

  it('is the text as it is, to the byte, when it holds these answers', () => {
    const tidy = renderYoRc(undefined, resolve());
    for (const text of [
      tidy,
      tidy.replaceAll('  ', '\t'),
      tidy.replaceAll('\n', '\r\n'),
      `\uFEFF${tidy}`,
      tidy.trimEnd(),
    ]) {
      assert.equal(renderYoRc(text, resolve()), text);
    }
  });

  it('changes the answers that differ and nothing else: not the layout, not the numbers of others', () => {
    const existing = `{
    "other": {"big": 12345678901234567890, "ratio": 1.0},
    "generator-django-fargate": {
        "vcpu": 2,
        "unmanaged": ["README.md"], "paths": {}
    }
}`;
    const text = renderYoRc(existing, resolve());
    assert.match(text, /^\{\n {4}"other": \{"big": 12345678901234567890, "ratio": 1\.0\},\n/);
    assert.match(text, /"unmanaged": \["README\.md"\], "paths": \{\}/);
    assert.deepEqual(parse(text)[storageKey], { ...toStored(resolve()), unmanaged: ['README.md'], paths: {} });
  });

  it('has one order of answers, whatever the order of the commands', () => {
    const steps = [
      { pooler: 'pgbouncer' },
      { broker: 'sqs', beat: true },
      { domain: 'shop.example.com' },
      { memoryMiB: 2048, maxTasks: 20 },
    ] as const;
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 0, 3, 2],
    ];
    const texts = orders.map((order) => {
      let text = renderYoRc(undefined, resolve());
      let answers = {};
      for (const step of order) {
        answers = { ...answers, ...steps[step] };
        text = renderYoRc(text, resolve(answers));
      }
      return text;
    });
    assert.equal(new Set(texts).size, 1, texts.join('\n'));
    assert.equal(texts[0], renderYoRc(undefined, resolve(Object.assign({}, ...steps))));
  });

  it('drops an answer that is not given any more', () => {
    const text = renderYoRc(JSON.stringify({ [storageKey]: { domain: 'example.com', vcpu: 1 } }), resolve());
    assert.ok(!text.includes('domain'));
  });

  it('keeps the parts of others, whatever they hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (others) => {
        const existing = JSON.stringify(others);
        const written = parse(renderYoRc(existing, resolve()));
        for (const [key, value] of Object.entries(parse(existing))) {
          assert.deepEqual(key === storageKey ? value : written[key], value);
        }
        assert.deepEqual(written[storageKey], toStored(resolve()));
      }),
    );
  });

  it('refuses what cannot be changed without changing other text', () => {
    assert.throws(
      () => renderYoRc('{"generator-django-fargate": {"vcpu": 2, "vcpu": 4}}', resolve()),
      (error) => error instanceof UserError && error.exitCode === 3,
    );
  });
});
