import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { makeProjectName, parseProjectName, projectNameMaximumLength } from '../../../core/answers/projectName.ts';
import { nameReason } from '../../../core/answers/nameReason.ts';

describe('core/answers/projectName: made from a folder', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['shop', 'shop'],
    ['My Shop', 'my_shop'],
    ['my-shop.git', 'my_shop_git'],
    ['--shop--', 'shop'],
    ['Café Zürich', 'cafe_zurich'],
    ['8', 'project_8'],
    ['2048-game', 'project_2048_game'],
    ['x', 'project_x'],
    ['', 'project'],
    ['日本', 'project'],
    ['django', 'django_site'],
    ['test', 'test_site'],
    ['json', 'json_site'],
    ['class', 'class_site'],
    ['accounts', 'accounts_site'],
    ['pg_shop', 'site_pg_shop'],
    ['internal', 'internal'],
    ['a"; import os', 'a_import_os'],
    ['a very long name of a folder indeed', 'a_very_long_name_of_a_fo'],
    ['twenty_three_characters_and', 'twenty_three_characters'],
  ];
  for (const [folder, name] of cases) {
    it(`${JSON.stringify(folder)} gives ${name}`, () => {
      assert.equal(makeProjectName(folder), name);
    });
  }

  it('gives a valid name for any text at all', () => {
    const letters = fc.constantFrom(...'abz019_-. /\\$"\'\n\u0000éß日😀\ud800'.split(''));
    const reserved = fc.constantFrom(
      ...['pg', 'pg_x', 'rds', 'rds_', 'internal', 'internal_', 'sthree_', 'amzn_s3_demo', 'site_', 'site', 'website'],
      ...['project', 'django', 'test', 'sites', 'user', 'public', 'constructor', '__proto__'],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(letters, { maxLength: 60 }).map((found) => found.join('')),
      fc.tuple(reserved, fc.stringMatching(/^[a-z_ -]{0,30}$/)).map((parts) => parts.join('')),
      fc.tuple(fc.stringMatching(/^[a-z_]{0,30}$/), reserved).map((parts) => parts.join('_')),
    );
    fc.assert(
      fc.property(text, (folder) => {
        const name = makeProjectName(folder);
        assert.deepEqual(parseProjectName(name), { value: name });
      }),
      { numRuns: 5000 },
    );
  });

  it('leaves a valid name as it is', () => {
    const valid = fc.stringMatching(/^[a-z][a-z0-9]{1,5}(_[a-z0-9]{1,5}){0,3}$/);
    fc.assert(
      fc.property(
        valid.filter((name) => name.length <= projectNameMaximumLength && nameReason(name) === undefined),
        (name) => {
          assert.deepEqual(parseProjectName(name), { value: name });
          assert.equal(makeProjectName(name), name);
        },
      ),
    );
  });

  it('is quick for a folder of a million characters', () => {
    const started = performance.now();
    makeProjectName('é_'.repeat(500_000));
    parseProjectName('a_'.repeat(500_000));
    // Milliseconds on any machine; a quadratic way would take minutes.
    assert.ok(performance.now() - started < 5000);
  });
});

describe('core/answers/projectName: valid', () => {
  it('is an identifier of Python and, with - for _, valid for ECR, RDS, ALB and S3', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }).map(makeProjectName), (name) => {
        const slug = name.replaceAll('_', '-');
        assert.match(name, /^[a-z_][a-z0-9_]*$/);
        // ECR repository: 2 to 256; RDS identifier: no end with - and no --; ALB: 32, no - at either end; S3: 63.
        assert.match(slug, /^[a-z](?:-?[a-z0-9])+$/);
        assert.ok(`${slug}-web`.length <= 32);
        assert.ok(`${slug}-static-123456789012-ap-southeast-1`.length <= 63);
        assert.ok(!/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3)$/.test(slug), slug);
      }),
    );
  });

  it('takes 24 characters and not 25', () => {
    assert.ok('value' in parseProjectName('a'.repeat(24)));
    assert.ok('problem' in parseProjectName('a'.repeat(25)));
    assert.ok('problem' in parseProjectName('a'));
  });
});
