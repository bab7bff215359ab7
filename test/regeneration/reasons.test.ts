import assert from 'node:assert/strict';
import { changing, edit, freshTree, newer, newRepository, read, regenerate, run } from './support.ts';
import { edited, replace } from './trees.ts';
import type { Edit, Edits } from './trees.ts';

const larger = { vcpu: 1, 'rds-class': 'db.m7g.large' };
const [data, service] = ['deploy/cloudformation/data.yaml', 'deploy/cloudformation/service.yaml'];

describe('a number and the reason above it never part', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
  });

  const edits: Readonly<Record<string, readonly [Edits, Edits?]>> = {
    'a line below the value': [
      { [data]: replace('        rds.force_ssl: "1"\n', '        log_statement: ddl\n        rds.force_ssl: "1"\n') },
    ],
    'a comment behind a value that changes, and behind one that does not': [
      {
        [service]: (text) =>
          text.replace(/(TargetValue: \d+)$/mu, '$1 # OPS-12').replace(/^ {4}Type: .*$/mu, '$& # OPS-13'),
      },
    ],
    'a value above the reason, and one between the reason and its value': [
      {
        [service]: (text) =>
          text.replace(/^( +)# .*requests a minute and task\n/mu, '$1DisableScaleIn: true\n$&$1Mine: 1\n'),
      },
    ],
  };
  for (const [name, [mine]] of Object.entries(edits)) {
    it(`beside ${name}`, async () => {
      edit(folder, mine);
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), mine) });
    });
  }

  it('also where a newer version changes sentences and no number', async () => {
    const sentence: Edit = replace('# A static parameter: a', '# A static parameter, so that a');
    const release = await newer('0.2.0', changing({ [data]: sentence }));
    const mine: Edits = { [data]: replace('# A static parameter: a', '# OPS-12\n        # A static parameter: a') };
    const after: Edits = { [data]: replace('# A static parameter, so', '# OPS-12\n        # A static parameter, so') };
    edit(folder, mine);
    const { stdout } = await regenerate(folder, { release }, { tree: edited(await freshTree({}, release), after) });
    assert.match(stdout, / {2}M deploy\/cloudformation\/data\.yaml {2}merge: /u);
  });

  it('is a conflict where the user changed the reason, too, and the baseline does not move on', async () => {
    edit(folder, { [data]: replace('= 178 for', '= 178 (OPS-12) for') });
    const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
    assert.match(message, /the comment above Resources\.Parameters\.Properties\.Parameters\.max_connections: last /u);
    assert.equal((await run(folder, { flags: { ...larger, 'on-conflict': 'mine' } })).code, 0);
    assert.match(read(folder, data), /\(OPS-12\)/u);
    await regenerate(folder, {}, { code: 3 });
  });
});
