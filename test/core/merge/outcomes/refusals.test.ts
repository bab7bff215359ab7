import assert from 'node:assert/strict';
import { UserError } from '../../../../core/errors.ts';
import { noBaseline } from '../../../../core/merge/baseline/baseline.ts';
import { modulesBeside, refuseHidden } from '../../../../core/merge/outcomes/refuseHidden.ts';
import { refuseUnresolved } from '../../../../core/merge/outcomes/refuseUnresolved.ts';
import { toEntry } from '../../../../core/merge/baseline/toEntry.ts';
import { file, outcomesOf, sha256, there } from '../world.ts';

describe('core/merge/outcomes/refuseHidden', () => {
  const outcomes = outcomesOf({ 'shop/settings/__init__.py': { next: '' }, 'shop/__init__.py': { next: '' } });

  it('refuses a package that would hide a module of the same name', () => {
    const observed = new Map([['shop/settings.py', there('DEBUG = True\n')]]);
    assert.throws(
      () => refuseHidden(outcomes, observed),
      (error) =>
        error instanceof UserError &&
        error.exitCode === 3 &&
        error.message.includes('Rename shop/settings.py and its imports'),
    );
  });

  it('takes what cannot be read, or is a link, for a module', () => {
    const special = { kind: 'special', reason: 'is a symbolic link' } as const;
    assert.throws(() => refuseHidden(outcomes, new Map([['shop/settings.py', special]])), UserError);
    refuseHidden(outcomes, new Map([['shop/settings.py', { kind: 'folder' } as const]]));
  });

  it('says nothing when there is no such module, or the package is there already', () => {
    refuseHidden(outcomes, new Map());
    const same = outcomesOf({ 'shop/settings/__init__.py': { yours: '', next: '' } });
    refuseHidden(same, new Map([['shop/settings.py', there('')]]));
  });

  it('knows where to look', () => {
    assert.deepEqual(modulesBeside(['a/__init__.py', 'a/b.py', 'a/b/__init__.py']), ['a.py', 'a/b.py']);
  });
});

describe('core/merge/outcomes/refuseUnresolved', () => {
  const entry = { ...toEntry(file('a', 'x\n'), '1.0.0', sha256), state: 'unresolved' as const };
  const baseline = { ...noBaseline, entries: new Map([['a', entry]]) };
  const markers = '<<<<<<< yours\nb\n=======\nc\n>>>>>>> next\n';

  it('refuses to go on while markers are left, and names the files', () => {
    assert.throws(
      () => refuseUnresolved(baseline, new Map([['a', there(markers)]]), new Map()),
      (error) => error instanceof UserError && error.exitCode === 4 && error.message.includes('\n  a\n'),
    );
    assert.throws(
      () => refuseUnresolved(baseline, new Map([['docs/a', there(markers)]]), new Map([['a', 'docs/a']])),
      (error) => error instanceof UserError && error.message.includes('\n  docs/a\n'),
    );
  });

  it('sees them in a file of another encoding', () => {
    const bytes = Buffer.from(`caf\u00e9\n${markers}`, 'latin1');
    const observed = new Map([['a', { kind: 'file', bytes, mode: 0o644 } as const]]);
    assert.throws(() => refuseUnresolved(baseline, observed, new Map()), UserError);
  });

  it('goes on when they are gone, the file is gone, or they are none of ours', () => {
    refuseUnresolved(baseline, new Map([['a', there('b\n')]]), new Map());
    refuseUnresolved(baseline, new Map(), new Map());
    refuseUnresolved(noBaseline, new Map([['a', there(markers)]]), new Map());
  });
});
