import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { changing, edit, freshTree, newRepository, newer, put, read, regenerate, run } from './support.ts';
import { contentOf, edited, remembering, replace, withFiles } from './trees.ts';
import type { Edit, Edits } from './trees.ts';

const larger = { vcpu: 1 };
const database = { 'rds-class': 'db.m7g.large' };
const all =
  (...changes: readonly Edit[]): Edit =>
  (text) =>
    changes.reduce((current, change) => change(current), text);

describe('what people make of JSON and YAML', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
  });

  describe('case 39: JSON with comments', () => {
    const file = 'deploy/ecs/web.json';
    const jsonc = all(
      (text) => text.replaceAll(/^(?: {2})+/gmu, (indent) => '\t'.repeat(indent.length / 2)),
      replace('"cpu": ', '// Measured in June.\n\t"cpu" :  '),
      replace('"memory": ', '/* one GiB\n\tis enough */ "memory":'),
      replace('"LINUX"\n\t},', '"LINUX", // Fargate\n\t},'),
      replace('"stopTimeout"', '"x": { "a": 1.0, "b": [ 1e3,-0 ], "id": 12345678901234567890 },\n\t\t\t"stopTimeout"'),
      replace('"mode": "non-blocking",\n', '"mode": "non-blocking", // never wait\n\n'),
      replace('"max-buffer-size": "10m"', '"max-buffer-size": "10m" /* a lot */ ,'),
    );

    it('only the values that changed are touched', async () => {
      edit(folder, { [file]: jsonc });
      const { stdout } = await regenerate(
        folder,
        { flags: larger },
        { tree: edited(await freshTree(larger), { [file]: jsonc }) },
      );
      assert.match(
        stdout,
        /web\.json {2}merge: 3 values of the generator; the rest of your text untouched; line 7 is not plain JSON \(a comment\)$/mu,
      );
    });

    it('all of it on one line', async () => {
      const line: Edit = (text) => JSON.stringify(JSON.parse(text));
      edit(folder, { [file]: line });
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), { [file]: line }) });
    });

    it('a comment is never lost: where the value it stands in goes, it is a conflict', async () => {
      const release = await newer(
        '0.2.0',
        changing({
          [file]: replace(
            `,
        "tmpfs": [
          {
            "containerPath": "/tmp",
            "size": 64,
            "mountOptions": ["mode=1777"]
          }
        ]`,
            '',
          ),
        }),
      );
      edit(folder, { [file]: replace('"containerPath": "/tmp",', '"containerPath": "/tmp", // for uploads\n') });
      await regenerate(folder, { release }, { code: 3 });
    });
  });

  describe('case 41: YAML', () => {
    const compose = 'compose.yaml';
    const workflow = '.github/workflows/ci.yml';
    const own: Edits = {
      [compose]: all(
        replace(
          '    command: ["postgres", "-c", "max_connections=178"]\n',
          "    command:\n      - 'postgres'\n      - -c # an option\n      - 'max_connections=178'\n",
        ),
        replace(
          '  db: &db\n    image: postgres:17\n',
          '  db: &db # ours\n    image:   postgres:17\n    ports: !override\n      - 5432:5432\n',
        ),
        (text) =>
          `${text}\nx-mode: &mode 0755\nx-modes: [*mode, 0o644, 1_000, on, ~]\nx-text: >-\n  folded\n   text\n\n  # no comment\n`,
      ),
    };

    it('only the scalar that changed is touched; tags, anchors, octal numbers and folded texts stay', async () => {
      edit(folder, own);
      const { [compose]: change = (text: string) => text } = own;
      const was = change(contentOf(await freshTree(), compose));
      const merged = (): string => replace("'max_connections=178'", '"max_connections=780"')(was);
      await regenerate(folder, { flags: database }, { tree: edited(await freshTree(database), { [compose]: merged }) });
    });

    it('on: stays a word, and the line beside is merged by its value', async () => {
      const release = await newer(
        '0.2.0',
        changing({ [workflow]: replace('timeout-minutes: 15', 'timeout-minutes: 20') }),
      );
      const mine = all(
        replace(
          '    timeout-minutes: 15\n',
          '    strategy: { max-parallel: 0755, "yes": no }\n    timeout-minutes: 15 # slow\n',
        ),
        replace('branches: ["**", "!main"]\n', "branches:\n      - '**' # all\n      - '!main'\n"),
      );
      edit(folder, { [workflow]: mine });
      const merged: Edit = (text) =>
        mine(text.replace('timeout-minutes: 20', 'timeout-minutes: 15')).replace(
          'timeout-minutes: 15',
          'timeout-minutes: 20',
        );
      await regenerate(folder, { release }, { tree: edited(await freshTree({}, release), { [workflow]: merged }) });
    });

    it('a document more in the file is a conflict: which belongs to which cannot be told', async () => {
      edit(folder, { [compose]: (text) => `${text}---\nmine: 1\n` });
      await regenerate(folder, { flags: database }, { code: 3 });
    });
  });

  describe('case 42: broken by the user', () => {
    const broken: Readonly<Record<string, Edits>> = {
      'JSON in the middle of an edit': { 'deploy/ecs/web.json': replace('"cpu": "512",', '"cpu": "512"') },
      'JSON with a name twice': { 'deploy/ecs/web.json': replace('"cpu"', '"family": "x",\n  "cpu"') },
      'YAML in the middle of an edit': { 'compose.yaml': replace('services:\n', 'services:\n  redis: {\n') },
      'an unfinished merge of git': {
        'gunicorn.conf.py': (text) => `<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> main\n${text}`,
        'deploy/ecs/web.json': (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> main\n`,
      },
    };
    for (const [name, edits] of Object.entries(broken)) {
      it(`${name}: untouched, with the line and why`, async () => {
        edit(folder, edits);
        const flags = { ...larger, ...database };
        const { message } = await regenerate(folder, { flags }, { code: 3 });
        for (const file of Object.keys(edits))
          assert.match(
            message,
            new RegExp(`^  ${file}: (?:line \\d+ (?:is not valid|has the name)|still contains conflict markers)`, 'mu'),
          );
        const [before, fresh] = [edited(await freshTree(), edits), await freshTree(flags)];
        const kept = Object.fromEntries(Object.keys(edits).map((file) => [file, contentOf(before, file)]));
        const tree = remembering(withFiles(fresh, kept), before, ...Object.keys(edits));
        await regenerate(folder, { flags: { ...flags, 'on-conflict': 'mine' } }, { tree });
      });
    }

    it('is kept where the generator has no change, and told', async () => {
      const own: Edits = {
        '.github/workflows/ci.yml': (text) => `${text}  {`,
        'pyproject.toml': (text) => `${text}[`,
        'deploy/ecs/dbinit.json': replace('"family": "shop-dbinit",', '"family": "shop-dbinit"'),
      };
      edit(folder, own);
      const { stdout } = await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
      assert.match(stdout, /^ {2}k \.github\/workflows\/ci\.yml {2}kept: yours; line \d+ is not valid YAML/mu);
      assert.match(stdout, /^ {2}k pyproject\.toml {2}kept: yours; line \d+ is not valid TOML$/mu);
      assert.match(stdout, /^ {2}k deploy\/ecs\/dbinit\.json {2}kept: yours; line \d+ is not /mu);
    });

    it('a comma after the last entry is told, also where the file is merged', async () => {
      const file = 'deploy/ecs/web.json';
      const comma: Edits = { [file]: (text) => text.replace(/(\})(\s*\]\s*\}\s*)$/u, '$1,$2') };
      edit(folder, comma);
      const line =
        read(folder, file)
          .split('\n')
          .findLastIndex((text) => text === '    },') + 1;
      const { stdout } = await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), comma) });
      const told = `line ${line} is not plain JSON \\(a comma after the last entry\\)$`;
      assert.match(stdout, new RegExp(`^ {2}M deploy/ecs/web\\.json {2}merge: .*; ${told}`, 'mu'));
    });

    it('.yo-rc.json with the markers of a merge: exit 2, with its path', async () => {
      put(folder, '.yo-rc.json', `<<<<<<< HEAD\n${read(folder, '.yo-rc.json')}=======\n{}\n>>>>>>> main\n`);
      const { message } = await regenerate(folder, { flags: larger }, { code: 2 });
      assert.match(message, /\.yo-rc\.json/u);
    });
  });

  describe('what people add to text', () => {
    it('a page about merging, and thousands of lines, are merged at every run', async () => {
      const conflict = '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> main\n';
      const added = Array.from({ length: 3500 }, (_, index) => `- entry ${index}\n`).join('');
      const own: Edits = {
        'README.md': (text) => `${text}\n## How we merge\n\n<<<<<<< HEAD\n\n~~~text\n${conflict}~~~\n`,
        'deploy/README.md': (text) => `${text}\n## Log\n\n${added}`,
      };
      edit(folder, own);
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
    });

    it('a target and a variable that a later feature brings, too: named with both lines', async () => {
      const own: Edits = {
        Makefile: (text) => `${text}\n.PHONY: worker\nworker: ## Mine\n\tmine\n`,
        '.env.example': (text) => `REDIS_HOST=mine\n${text}`,
      };
      edit(folder, own);
      const { message } = await regenerate(folder, { flags: { broker: 'redis' } }, { code: 3 });
      assert.match(message, /^ {2}Makefile: line \d+ defines the target worker, as does line \d+ of the new/mu);
      assert.match(message, /^ {2}\.env\.example: line 1 defines the variable REDIS_HOST, as does line \d+/mu);
    });
  });

  describe('case 47: formatters run over the whole repository', () => {
    it('JSON with another indentation, the baseline and .yo-rc.json too', async () => {
      const format: Edit = (text) => `${JSON.stringify(JSON.parse(text), undefined, 4)}\n`;
      const ours = [
        'deploy/ecs/web.json',
        'deploy/ecs/migrate.json',
        'deploy/ecs/ops.json',
        'deploy/sizing.json',
        '.yo-rc.json',
      ];
      const formats = Object.fromEntries(ours.map((file) => [file, format]));
      edit(folder, { ...formats, '.django-fargate/baseline.json': format });
      const flags = { ...larger, ...database };
      await regenerate(folder, { flags }, { tree: edited(await freshTree(flags), formats) });
    });

    it('YAML with other quotes and indentation', async () => {
      const format: Edit = (text) =>
        parseDocument(text).toString({ indentSeq: false, lineWidth: 60, singleQuote: true });
      const formats: Edits = { 'compose.yaml': format, '.github/workflows/ci.yml': format };
      edit(folder, formats);
      assert.equal((await run(folder, { flags: database })).code, 0);
      const fresh = await freshTree(database);
      for (const file of Object.keys(formats)) assert.equal(format(read(folder, file)), format(contentOf(fresh, file)));
      await regenerate(folder);
    });
  });
});
