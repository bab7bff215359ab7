import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mergeForm } from '../../../../core/merge/file/mergeForm.ts';
import { bytesOf, textOf } from '../world.ts';

const write = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const github = { network: { Vpc: '' }, platform: { Repository: '', Branch: 'main', AlarmEmail: '' } };
const bitbucket = { network: { Vpc: '' }, platform: { Workspace: '', Uuid: '', AlarmEmail: '' } };
const https = { network: { Vpc: '' }, platform: { CertificateArn: '', ...github.platform } };

function merge(last: unknown, yours: unknown, next: unknown): { readonly value: unknown; readonly note: string } {
  const text = (value: unknown): Uint8Array => bytesOf(typeof value === 'string' ? value : write(value));
  const merged = mergeForm({
    path: 'deploy/parameters.json',
    last: last === undefined ? undefined : text(last),
    yours: text(yours),
    next: text(next),
  });
  assert(merged.kind === 'merged', JSON.stringify(merged));
  return { value: JSON.parse(textOf(merged.bytes) ?? '') as unknown, note: merged.note };
}

describe('core/merge/file/mergeForm', () => {
  const filled = {
    network: { Vpc: 'vpc-1' },
    platform: { Repository: 'acme/shop', Branch: 'trunk', AlarmEmail: 'ops@example.com', Own: 'mine' },
  };

  it('adds the fields that the generator adds, and keeps what was filled in', () => {
    const { value } = merge(github, filled, https);
    assert.deepEqual(value, { ...filled, platform: { CertificateArn: '', ...filled.platform } });
  });

  it('takes away the fields that nothing takes any more, and says which values go', () => {
    const { value, note } = merge(github, filled, bitbucket);
    assert.deepEqual(value, {
      network: { Vpc: 'vpc-1' },
      platform: { Workspace: '', Uuid: '', AlarmEmail: 'ops@example.com', Own: 'mine' },
    });
    assert.match(note, /platform\.Repository was removed, with your value "acme\/shop"/u);
    assert.match(note, /platform\.Branch was removed, with your value "trunk"/u);
  });

  it('keeps a value of the user’s that the generator changes, too', () => {
    const renamed = { ...github, platform: { ...github.platform, Branch: 'release' } };
    assert.deepEqual(merge(github, filled, renamed).value, filled);
    assert.deepEqual(merge(github, github, renamed).value, renamed);
  });

  it('knows no form of before: adds what is missing, and takes nothing away', () => {
    const { value } = merge(undefined, filled, https);
    assert.deepEqual(value, { ...filled, platform: { CertificateArn: '', ...filled.platform } });
    assert.deepEqual(merge(undefined, filled, bitbucket).value, {
      network: { Vpc: 'vpc-1' },
      platform: { ...filled.platform, Workspace: '', Uuid: '' },
    });
  });

  it('touches no other byte of the text', () => {
    const yours = write(filled).replaceAll('\n', '\r\n').replace('"vpc-1"', ' "vpc-1"');
    const merged = mergeForm({
      path: 'a.json',
      last: bytesOf(write(github)),
      yours: bytesOf(yours),
      next: bytesOf(write(https)),
    });
    assert(merged.kind === 'merged');
    const added = yours.replace('"Own": "mine"', '"Own": "mine",\r\n    "CertificateArn": ""');
    assert.equal(textOf(merged.bytes), added);
  });

  it('a text that is no JSON is a conflict', () => {
    const merged = mergeForm({
      path: 'a.json',
      last: bytesOf(write(github)),
      yours: bytesOf('{"platform": }'),
      next: bytesOf(write(https)),
    });
    assert.equal(merged.kind, 'conflict');
  });

  it('whatever comes, goes and is filled in: the generator’s fields, the user’s values', () => {
    const names = fc.subarray(['A', 'B', 'C', 'D'], { minLength: 1 });
    const value = fc.constantFrom('', 'x', 'y');
    const form = names.chain((fields) =>
      fc.tuple(...fields.map(() => value)).map((values) => Object.fromEntries(fields.map((f, i) => [f, values[i]]))),
    );
    fc.assert(
      fc.property(form, form, fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'Own'), value), (last, next, edits) => {
        const there = Object.fromEntries(Object.entries(edits).filter(([name]) => name in last || name === 'Own'));
        const yours = { ...last, ...there };
        const expected = Object.fromEntries(
          [...new Set([...Object.keys(next), ...('Own' in yours ? ['Own'] : [])])].map((name) => [
            name,
            !(name in next) ? yours[name] : name in last && yours[name] !== last[name] ? yours[name] : next[name],
          ]),
        );
        assert.deepEqual(merge({ part: last }, { part: yours }, { part: next }).value, { part: expected });
      }),
    );
  });
});
