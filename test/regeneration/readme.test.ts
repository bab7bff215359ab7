import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { conflictChoices, controls } from '../../core/answers/controls.ts';
import { regenerationCommand } from '../../generators/regenerationCommand.ts';
import { blocksOf, codeIn, tableOf } from '../support/markdown.ts';
import { root } from '../support/paths.ts';
import { Machine } from './installed.ts';
import { Shop } from './shop.ts';

describe('the README, on a resize', function () {
  this.timeout(300_000);
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

  it('shows what is really printed', async () => {
    const shop = await Shop.make(new Machine());
    const mine = '# The reports filter by many fields.\nlimit_request_field_size = 16384\n';
    shop.swap('gunicorn.conf.py', '# Network.\n', `${mine}\n# Network.\n`);
    await shop.save('edited');
    const blocks = blocksOf(readme).get('Resize') ?? [];
    assert.equal(blocks.length, 1);
    await shop.follow(blocks[0]);
  });

  it('leaves the flags to docs/resize.md, which has each that other commands do not have, and every choice', () => {
    const rows = tableOf(readFileSync(path.join(root, 'docs', 'resize.md'), 'utf8'), 'Flags');
    const flagsIn = (cells: readonly (readonly string[])[]) =>
      cells.flatMap(([flag = '']) => codeIn(flag).map((code) => code.split(' ')[0] ?? ''));
    const elsewhere = ['yes', 'answers', 'askAll', 'json', 'verbose', 'help', 'version'];
    const { controls: names } = regenerationCommand({ name: 'resize', summary: '', examples: [], asks: [] });
    const wanted = names.filter((name) => !elsewhere.includes(name)).map((name) => `--${controls[name].flag}`);
    assert.deepEqual(flagsIn(rows.slice(1)).toSorted(), wanted.toSorted());
    const [choices = []] = rows.filter(([flag]) => flag?.includes('--on-conflict'));
    assert.deepEqual(codeIn(choices[1] ?? ''), [...conflictChoices]);
  });
});

describe('the README of a repository, on a resize', function () {
  this.timeout(300_000);

  it('names commands that work there', async () => {
    const shop = await Shop.make(new Machine());
    const commands = [...shop.read('README.md').matchAll(/^ {4}(npx .*?) +# /gmu)].map(([, command = '']) => command);
    const [start = '', help = '', undo = '', check = ''] = commands;
    assert.equal(commands.length, 4);
    // Nobody is there to answer the first and the third.
    assert.deepEqual(await shop.codes([start, help, check]), [2, 0, 0]);
    await shop.resize({ vcpu: '1' });
    assert.deepEqual(await shop.codes([`${undo} --yes`]), [0]);
    assert.equal(shop.answers['vcpu'], 0.5);
  });
});
