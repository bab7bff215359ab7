import assert from 'node:assert/strict';
import { InternalError } from '../../../../core/errors.ts';
import { noBaseline } from '../../../../core/merge/baseline/baseline.ts';
import { canSettle, decisionsFor, settle } from '../../../../core/merge/outcomes/settle.ts';
import type { Decision } from '../../../../core/merge/outcomes/settle.ts';
import { bytesOf, outcomeOf, outcomesOf, sha256, textOf, there } from '../world.ts';

const run = { baseline: noBaseline, version: '1.1.0', sha256, hasModes: true, restored: new Set<string>() };
const text = outcomeOf({ last: 'a\n', yours: 'b\n', next: 'c\n' });
const json = outcomeOf({ last: '{"a": 1}\n', yours: '{"a": 2}\n', next: '{"a": 3}\n' }, {}, 'a.json');
const link = outcomeOf({ last: 'a\n', yours: { kind: 'special', reason: 'is a symbolic link' }, next: 'c\n' });
const settled = (decision: Decision, outcome = text) => settle(outcome, decision, there('b\n', 0o640), run);

describe('core/merge/outcomes/settle', () => {
  it('mine: nothing is written, and the baseline stays, so that it is asked again', () => {
    const { outcome, sidecars } = settled('mine');
    assert.deepEqual([outcome.kind, outcome.write, outcome.conflict], ['keep', undefined, undefined]);
    assert.equal(outcome.entry?.text, 'a\n');
    assert.deepEqual(sidecars, []);
  });

  it('mine for good: nothing is written, and the baseline moves on', () => {
    const { outcome } = settled('mine for good');
    assert.deepEqual([outcome.kind, outcome.write, outcome.entry?.text], ['keep', undefined, 'c\n']);
  });

  it('theirs: the generator’s is written, with the mode that the file has', () => {
    const { outcome } = settled('theirs');
    assert.deepEqual([outcome.kind, outcome.write], ['update', { bytes: bytesOf('c\n'), mode: 0o640 }]);
    assert.equal(outcome.entry?.text, 'c\n');
  });

  it('sidecar: mine stays, the generator’s lies aside, and it is asked again', () => {
    const { outcome, sidecars } = settled('sidecar');
    assert.deepEqual([outcome.write, outcome.entry?.text], [undefined, 'a\n']);
    assert.deepEqual(
      sidecars.map(({ path }) => path),
      ['.django-fargate/conflicts/a.txt', '.django-fargate/conflicts/a.txt.markers'],
    );
    assert.equal(textOf(sidecars[0]?.bytes), 'c\n');
  });

  it('sidecar: leaves the .gitignore of its folder to the folder', () => {
    const { sidecars } = settled('sidecar', outcomeOf({ yours: 'b\n', next: 'c\n' }, {}, '.gitignore'));
    assert.deepEqual(
      sidecars.map(({ path }) => path),
      ['.django-fargate/conflicts/.gitignore.new'],
    );
  });

  it('markers: both are in the file, which counts as unresolved', () => {
    const { outcome } = settled('markers');
    const written = textOf(outcome.write?.bytes) ?? '';
    assert.match(written, /^<{7} /m);
    for (const line of ['a', 'b', 'c']) assert.match(written, new RegExp(`^${line}$`, 'm'));
    assert.deepEqual([outcome.entry?.text, outcome.entry?.state], ['c\n', 'unresolved']);
  });

  it('what is settled goes to the path that the generator has given the file', () => {
    const renames = [{ from: 'old.txt', to: 'new.txt', since: '1.1.0' }];
    const triples = { 'old.txt': { last: 'a\n', yours: 'b\n' }, 'new.txt': { next: 'c\n' } };
    const [renamed = text] = outcomesOf(triples, { renames });
    const places = (decision: Decision) => {
      const { path, key, removes, write, entry } = settled(decision, renamed).outcome;
      return [path, key, removes, textOf(write?.bytes), entry?.text];
    };
    assert.deepEqual(places('mine'), ['old.txt', 'old.txt', undefined, undefined, 'a\n']);
    assert.deepEqual(places('sidecar'), ['old.txt', 'old.txt', undefined, undefined, 'a\n']);
    assert.deepEqual(places('mine for good'), ['new.txt', 'new.txt', 'old.txt', 'b\n', 'c\n']);
    assert.deepEqual(places('theirs'), ['new.txt', 'new.txt', 'old.txt', 'c\n', 'c\n']);
    assert.deepEqual(places('markers').slice(0, 3), ['new.txt', 'new.txt', 'old.txt']);
  });

  it('knows no markers in JSON, and nothing but mine where something else than a file stands', () => {
    const decisions: readonly Decision[] = ['mine', 'mine for good', 'theirs', 'sidecar', 'markers'];
    assert.deepEqual(
      decisions.filter((decision) => !canSettle(json, decision)),
      ['markers'],
    );
    assert.deepEqual(
      decisions.filter((decision) => canSettle(link, decision)),
      ['mine', 'sidecar'],
    );
    assert.throws(() => settled('markers', json), InternalError);
    assert.throws(() => settled('theirs', link), InternalError);
    assert.throws(() => settled('mine', outcomeOf({ next: 'c\n' })), InternalError);
  });

  it('a deletion is kept for good or not at all, and nothing of it is in a backup', () => {
    const deleted = { ...text, conflict: { reasons: text.conflict?.reasons ?? [], next: text.conflict?.next } };
    const notes = (['mine', 'mine for good', 'theirs', 'sidecar'] as const).map((decision) => {
      const { kind, note } = settle(deleted, decision, { kind: 'absent' }, run).outcome;
      return [kind, note];
    });
    assert.deepEqual(notes, [
      ['stays-deleted', 'stays deleted; you will not be asked again'],
      ['stays-deleted', 'stays deleted; you will not be asked again'],
      ['restore', 'the generator’s, which you had deleted'],
      ['stays-deleted', 'stays deleted; the generator’s is in .django-fargate/conflicts'],
    ]);
    assert.deepEqual(decisionsFor(deleted, { kind: 'absent' }), ['mine for good', 'theirs', 'sidecar']);
    assert.deepEqual(decisionsFor(json, there('b\n')), ['mine', 'mine for good', 'theirs', 'sidecar']);
  });
});
