import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { render } from '../../../core/emit/render.ts';
import { InternalError } from '../../../core/errors.ts';
import { hostileUnits } from './hostile.ts';

function refused(template: string, view: Readonly<Record<string, unknown>>, ...says: readonly string[]): void {
  assert.throws(
    () => render('deploy/web.json.ejs', template, view),
    (error) => {
      assert.ok(error instanceof InternalError, String(error));
      for (const text of ['deploy/web.json.ejs', ...says]) {
        assert.ok(error.message.includes(text), error.message);
      }
      return true;
    },
  );
}

describe('core/emit/render', () => {
  it('puts values in', () => {
    assert.equal(render('a', 'x = <%- a.b %>\n', { a: { b: 5 } }), 'x = 5\n');
    assert.equal(render('a', '<%- zero %><%- no %><%- text %>', { zero: 0, no: false, text: 'é' }), '0falseé');
  });

  it('escapes nothing, in either kind of tag, whatever the value is', () => {
    fc.assert(
      fc.property(hostileUnits, (text) => {
        assert.equal(render('a', '<%- text %>', { text }), text);
        assert.equal(render('a', '<%= text %>', { text }), text);
        assert.equal(render('a', '[<%- inner.text %>]', { inner: { text } }), `[${text}]`);
      }),
    );
  });

  it('never runs a value as a template', () => {
    assert.equal(render('a', '<%- text %>', { text: '<%- 6 * 7 %>' }), '<%- 6 * 7 %>');
  });

  it('leaves text without tags as it is', () => {
    for (const text of [
      '',
      '\n',
      'a\r\nb',
      'tab\there',
      'trailing  \n\n',
      '% > < {{ x }} ${y} $(z) \\n \\',
      '\ufeffbom',
      '日本 😀',
    ]) {
      assert.equal(render('a', text, {}), text);
    }
  });

  it('refuses a name that the view does not have, and names the template', () => {
    refused('<%- nothing %>', {}, 'nothing');
  });

  it('refuses a property that is missing, at any depth, with its path', () => {
    refused('<%- plan.workers %>', { plan: {} }, 'view.plan.workers');
    refused('<%- plan.gunicorn.worker %>', { plan: { gunicorn: { workers: 2 } } }, 'view.plan.gunicorn.worker');
  });

  it('refuses what is there but undefined', () => {
    refused('<%- x %>', { x: undefined }, 'view.x');
    refused('<%- x.y %>', { x: { y: undefined } }, 'view.x.y');
  });

  it('refuses a missing property in a condition and in a loop, too', () => {
    refused('<%_ if (plan.https) { _%>\nx\n<%_ } _%>\n', { plan: {} }, 'view.plan.https');
    refused('<%_ for (const line of why.x) { _%>\nx\n<%_ } _%>\n', { why: {} }, 'view.why.x');
  });

  it('refuses a template that is not one', () => {
    refused('<% if (x { %>', { x: true });
    refused('<%- x', { x: 1 });
  });

  it('keeps the cause', () => {
    try {
      render('a.ejs', '<%- nothing %>', {});
      assert.fail('rendered');
    } catch (error) {
      assert.ok(error instanceof InternalError && error.cause instanceof Error);
    }
  });

  it('repeats a block for each entry of an array, in order', () => {
    const template = '<%_ for (const line of why.workers) { _%>\n# <%- line %>\n<%_ } _%>\nworkers = 2\n';
    assert.equal(
      render('a', template, { why: { workers: ['one', 'two', 'three'] } }),
      '# one\n# two\n# three\nworkers = 2\n',
    );
    assert.equal(render('a', template, { why: { workers: [] } }), 'workers = 2\n');
  });

  it('lets lines that hold only a control tag vanish, indented ones, too', () => {
    const template = 'a\n  <%_ if (yes) { _%>\n  b\n  <%_ } else { _%>\n  c\n  <%_ } _%>\nd\n';
    assert.equal(render('a', template, { yes: true }), 'a\n  b\nd\n');
    assert.equal(render('a', template, { yes: false }), 'a\n  c\nd\n');
  });

  it('keeps blanks at the end of other lines, and empty lines', () => {
    assert.equal(render('a', 'a  \n\n<%- x %>  \n\n', { x: 1 }), 'a  \n\n1  \n\n');
  });

  it('leaves the view alone and gives the same for the same', () => {
    const view = { plan: { x: 1, lines: ['a'] } };
    const template = '<%- plan.x %><% for (const line of plan.lines) { %><%- line %><% } %>';
    assert.equal(render('a', template, view), '1a');
    assert.equal(render('a', template, view), '1a');
    assert.deepEqual(view, { plan: { x: 1, lines: ['a'] } });
  });

  describe('fragments', () => {
    const templates = new Map(
      Object.entries({
        'features/one.yaml.ejs': 'One:\n  <%- a.b %>: 1\n\n<%_ if (a.yes) { _%>\n  yes: 1\n<%_ } _%>\n',
        'features/plain.md': 'Plain $& $1\n',
        'features/outer.ejs': "outer:\n  <%- include('features/one.yaml.ejs') -%>\n",
        'features/line.ejs': '# <%- line %>\n',
        'features/self.ejs': "<%- include('features/outer2.ejs') -%>\n",
        'features/outer2.ejs': "<%- include('features/self.ejs') -%>\n",
        'features/wrong.ejs': '<%- a.c %>\n',
      }).map(([path, text]) => [path, new TextEncoder().encode(text)]),
    );
    const view = { a: { b: 'x', yes: true }, at: { slot: 'features/plain.md', nothing: '' }, lines: ['1', '2'] };
    const included = (template: string): string => render('t', template, view, templates);

    it('stand where they are included, as far to the right, and blank lines stay empty', () => {
      assert.equal(
        included("a:\n  <%- include('features/one.yaml.ejs') -%>\nz: 1\n"),
        'a:\n  One:\n    x: 1\n\n    yes: 1\nz: 1\n',
      );
      assert.equal(included("<%- include('features/one.yaml.ejs') -%>\n"), 'One:\n  x: 1\n\n  yes: 1\n');
    });

    it('may include others, and see the loop in which they stand', () => {
      assert.equal(included("<%- include('features/outer.ejs') -%>\n"), 'outer:\n  One:\n    x: 1\n\n    yes: 1\n');
      assert.equal(
        included("<%_ for (const line of lines) { _%>\n  <%- include('features/line.ejs') -%>\n<%_ } _%>\n"),
        '  # 1\n  # 2\n',
      );
    });

    it('are chosen by a value of the view, and are none where that is empty', () => {
      assert.equal(included('<%- include(at.slot) -%>\n<%- include(at.nothing) -%>\nend\n'), 'Plain $& $1\nend\n');
    });

    it('stay out where a condition is false', () => {
      assert.equal(included("<%_ if (!a.yes) { _%>\n<%- include('features/plain.md') -%>\n<%_ } _%>\n"), '');
    });

    it('are refused when they are missing or include themselves, and so is what they name and the view has not', () => {
      const fails = (template: string, message: RegExp): void =>
        assert.throws(
          () => included(template),
          (error) => error instanceof InternalError && message.test(error.message),
        );
      fails("<%- include('features/no.ejs') -%>\n", /template t does not render: t includes features\/no\.ejs/);
      fails("<%- include('features/self.ejs') -%>\n", /self\.ejs > features\/outer2\.ejs > features\/self\.ejs/);
      fails("<%- include('features/wrong.ejs') -%>\n", /view\.a\.c does not exist/);
      fails('<%- include(at.no) -%>\n', /view\.at\.no does not exist/);
      fails("x <%- include('features/plain.md') %>\n", /include of features\/plain\.md is not a line of its own/);
    });
  });
});
