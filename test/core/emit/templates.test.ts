import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { files } from '../../../core/emit/files.ts';
import { ciFeatures } from '../../../core/features/ci/ciFeatures.ts';
import { root } from '../../support/paths.ts';
import { filesIn } from '../../support/tree.ts';

const folder = path.join(root, 'templates');

/** What is not emitted: the manifest that a bot bumps, and the inputs of the locks. */
const notEmitted = (file: string): boolean => file.startsWith('versions/');

const all = filesIn(folder).filter((file) => !notEmitted(file));
/** The Python that is emitted as it is. */
const runtime = filesIn(path.join(root, 'runtime', 'django_fargate'))
  .filter((file) => !file.endsWith('.pyc'))
  .map((file) => `../runtime/django_fargate/${file}`);
const texts = new Map(
  [...all, ...runtime]
    .filter((file) => !file.endsWith('.pem'))
    .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')] as const),
);

/** npm leaves these out of a package, or reads them as its own, under their real names. */
const droppedByNpm = new Set(['.gitignore', '.npmignore', '.npmrc', '.gitattributes', '.editorconfig']);

const name = String.raw`[A-Za-z]\w*(?:\.[A-Za-z]\w*)*`;
const value = new RegExp(`^<%- ${name} %>$`);
const test = `(?:!?${name}|${name} [!=]== '[\\w.-]+')`;
const condition = `${test}(?: \\|\\| ${test})*`;
const opens = new RegExp(`^<%_? (?:if \\((?:${condition})\\)|for \\(const [a-z]\\w* of ${name}\\)) \\{ _?%>$`);
const turns = new RegExp(`^<%_? \\} else (?:if \\((?:${condition})\\) )?\\{ _?%>$`);
const closes = /^<%_? \} _?%>$/;
const includes = new RegExp(`^<%- include\\((?:'([\\w./-]+)'|${name})\\) -%>$`);
const kinds = [value, opens, turns, closes, includes];

/** Where each tag stands: its line, and the tag. */
function tagsOf(text: string): readonly (readonly [number, string])[] {
  return [...text.matchAll(/<%[\s\S]*?%>/g)].map(
    (match) => [text.slice(0, match.index).split('\n').length, match[0]] as const,
  );
}

/** Every fragment that some template includes, by its path or by what the view has for the answers. */
const fragments = [
  ...[...texts.values()].flatMap((text) => tagsOf(text).flatMap(([, tag]) => includes.exec(tag)?.[1] ?? [])),
  ...Object.values(ciFeatures).flatMap((feature) => Object.values(feature.fragments).filter((file) => file !== '')),
];

/** Every file and line for which `find` gives something, as `file:line: what`. */
function findings(find: (text: string, file: string) => readonly (readonly [number, string])[]): readonly string[] {
  return [...texts].flatMap(([file, text]) => find(text, file).map(([line, what]) => `${file}:${line}: ${what}`));
}

function linesWith(text: string, pattern: RegExp): readonly (readonly [number, string])[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [[index + 1, line] as const] : []));
}

describe('templates', () => {
  it('are dumb: a name to print, a condition, a loop or a fragment, and nothing else in a tag', () => {
    assert.deepEqual(
      findings((text) => tagsOf(text).filter(([, tag]) => !kinds.some((kind) => kind.test(tag)))),
      [],
    );
  });

  it('are recognised as dumb by rules that find what is not', () => {
    for (const tag of [
      '<%- project %>',
      '<%- plan.gunicorn.workers %>',
      '<%_ if (https) { _%>',
      '<%_ } else { _%>',
      '<%_ } _%>',
      "<%_ if (https || !stacks.https || ci === 'github') { _%>",
      "<%- include('features/ci/github/roles.yaml.ejs') -%>",
      '<%- include(feature.roles) -%>',
    ]) {
      assert.ok(
        kinds.some((kind) => kind.test(tag)),
        tag,
      );
    }
    for (const tag of [
      ...[
        '<%= project %>',
        '<%-project%>',
        '<%- a + b %>',
        '<%- a ? b : c %>',
        '<%- a() %>',
        '<%- a[0] %>',
        '<%# x %>',
      ],
      ...[
        '<%_ if (a && b) { _%>',
        '<%_ if (a > 1) { _%>',
        '<% const a = 1 %>',
        '<%_ for (let i = 0; i < 2; i++) { _%>',
        "<%- include('features/a', { b: 1 }) -%>",
      ],
    ]) {
      assert.ok(!kinds.some((kind) => kind.test(tag)), tag);
    }
  });

  it('close every control that they open', () => {
    for (const [file, text] of texts) {
      const tags = tagsOf(text).map(([, tag]) => tag);
      assert.equal(tags.filter((tag) => opens.test(tag)).length, tags.filter((tag) => closes.test(tag)).length, file);
    }
  });

  it('end no branch over a choice with an else: another choice would fall into it', () => {
    /** The `else` of each chain in which something is compared with a value. */
    const silent = (text: string): readonly (readonly [number, string])[] => {
      const chains: boolean[] = [];
      return tagsOf(text).filter(([, tag]) => {
        if (opens.test(tag)) chains.push(false);
        if (closes.test(tag)) chains.pop();
        chains.push((chains.pop() ?? false) || / [!=]== '/.test(tag));
        return /else \{/.test(tag) && chains.at(-1) === true;
      });
    };
    assert.deepEqual(findings(silent), []);
    assert.equal(silent("<%_ if (ci === 'a') { _%>\n<%_ } else { _%>\n<%_ } _%>\n").length, 1);
    assert.equal(
      silent("<%_ if (a) { _%>\n<%_ if (ci === 'a') { _%>\n<%_ } _%>\n<%_ } else { _%>\n<%_ } _%>\n").length,
      0,
    );
  });

  it('enclose whole definitions: what a condition begins it ends', () => {
    /** How deep the brackets of a line go, or 1 where it opens or closes a block of code. */
    const depthOf = (file: string, text: string): number => {
      if (file.includes('.md')) return text.split('\n').filter((line) => line.trimStart().startsWith('```')).length % 2;
      const code = text.replaceAll(/<%.*?%>|"[^"\n]*"|'[^'\n]*'|#.*/g, '');
      return (code.match(/[[({]/g) ?? []).length - (code.match(/[\])}]/g) ?? []).length;
    };
    const indentOf = (line: string): number => line.length - line.trimStart().length;
    const isText = (line: string): boolean => line.trim() !== '' && !line.startsWith('<%_');
    const broken = (text: string, file: string): readonly (readonly [number, string])[] => {
      const lines = text.split('\n');
      const found: (readonly [number, string])[] = [];
      const open: number[] = [];
      lines.forEach((line, index) => {
        if (closes.test(line) || turns.test(line)) {
          const start = open.pop() ?? 0;
          const body = lines.slice(start + 1, index);
          const first = body.find(isText);
          const next = lines.slice(index).find(isText);
          const isYaml = /\.ya?ml/.test(file) && first !== undefined;
          const indent = Math.min(...body.filter(isText).map(indentOf));
          const isCut =
            isYaml &&
            (indentOf(first) > indent || (next !== undefined && closes.test(line) && indentOf(next) > indentOf(first)));
          if (isCut || depthOf(file, body.join('\n')) !== 0) found.push([start + 1, lines[start] ?? '']);
        }
        if (opens.test(line) || turns.test(line)) open.push(index);
      });
      return found;
    };
    assert.deepEqual(findings(broken), []);
    assert.equal(broken('a:\n<%_ if (x) { _%>\n  b:\n<%_ } _%>\n    - c\n', 'a.yaml').length, 1);
    assert.equal(broken('<%_ if (x) { _%>\n```sh\n<%_ } _%>\n```\n', 'a.md').length, 1);
    assert.equal(broken('<%_ if (x) { _%>\nf(\n<%_ } _%>\n)\n', 'a.py').length, 1);
  });

  it('give a control a line of its own that vanishes, or one line on which it is closed', () => {
    const isAlone = (line: string): boolean => /^\s*<%_ [^%]* _%>$/.test(line);
    const isClosed = (line: string): boolean => /<% (if|for) [^%]* %>.*<% \} %>/.test(line) && !line.includes('<%_');
    assert.deepEqual(
      findings((text) => linesWith(text, /<%_? (if|for|\})/).filter(([, line]) => !isAlone(line) && !isClosed(line))),
      [],
    );
  });

  it('include a fragment on a line of its own, and only fragments that are there', () => {
    assert.deepEqual(
      findings((text) => linesWith(text, /include\(/).filter(([, line]) => !includes.test(line.trim()))),
      [],
    );
    assert.deepEqual(
      fragments.filter((file) => !texts.has(file)),
      [],
    );
  });

  it('have .ejs when, and only when, they hold a tag', () => {
    for (const [file, text] of texts) {
      const real = path.posix.basename(file, '.ejs');
      assert.equal(file.endsWith('.ejs'), text.includes('<%') || droppedByNpm.has(real), file);
    }
  });

  it('have at most 300 lines: what is longer is composed of fragments', () => {
    const long = [...texts].filter(([file, text]) => file.endsWith('.ejs') && text.split('\n').length > 301);
    assert.deepEqual(
      long.map(([file]) => file),
      [],
    );
  });

  it('have LF line ends only', () => {
    assert.deepEqual(
      [...texts].filter(([, text]) => text.includes('\r')).map(([file]) => file),
      [],
    );
  });

  it('end with one line end, and hold no blanks at the end of a line', () => {
    const ends = [...texts].filter(([, text]) => text !== '' && !/[^\n]\n$/.test(text)).map(([file]) => file);
    assert.deepEqual(ends, []);
    assert.deepEqual(
      findings((text) => linesWith(text, /[ \t]$/)),
      [],
    );
  });

  it('hold no tab, except in the Makefile and its fragments at the start of a line', () => {
    assert.deepEqual(
      findings((text, file) =>
        linesWith(text, /\t/).filter(([, line]) => !file.endsWith('Makefile.ejs') || /[^\t]\t/.test(line)),
      ),
      [],
    );
  });

  it('hold no byte order mark, no control character and no space that looks like another', () => {
    assert.deepEqual(
      findings((text) => linesWith(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/)),
      [],
    );
  });

  it('do not talk about how they were made, and leave nothing to be done', () => {
    const words = /\b(generators?|generated by|yeoman|ejs|TODO|FIXME|XXX|placeholders?|lorem|undefined)\b/i;
    // How a size is changed is no matter of the past; the command holds the package's name.
    const command = /npx generator-django-fargate(?:@VERSION)? resize/g;
    assert.deepEqual(
      findings((text) => linesWith(text.replaceAll(command, '').replaceAll(/<%- include.*%>/g, ''), words)),
      [],
    );
  });

  it('name the command that computed the sizes once, in gunicorn.conf.py', () => {
    const marker = `Sizes computed by "yo django-fargate"; every number's reason stands beside it.`;
    const marked = findings((text) => linesWith(text.replaceAll('.yo-rc.json', ''), /\byo\b/i));
    assert.equal(marked.length, 1, marked.join('\n'));
    assert.ok(marked[0]?.startsWith('gunicorn.conf.py.ejs:') && marked[0].includes(marker), marked[0]);
  });

  it('are all emitted or included, and all there', () => {
    const listed = [...new Set(files.map(({ template }) => template))].toSorted();
    const known = new Set([...listed, ...fragments]);
    assert.deepEqual(
      fragments.filter((file) => listed.includes(file)),
      [],
    );
    assert.deepEqual(
      listed.filter((template) => !all.includes(template)),
      [],
    );
    assert.deepEqual(
      all.filter((file) => !known.has(file)),
      [],
    );
  });

  it('name nothing of this machine or of a registry other than the public ones', () => {
    const strange = /\/work\/|\/simple\b|index-url[ =]\S*:\/\/|trusted-host/;
    assert.deepEqual(
      findings((text) => linesWith(text.replaceAll('--extra-index-url https://HOST/simple', ''), strange)),
      [],
    );
  });
});
