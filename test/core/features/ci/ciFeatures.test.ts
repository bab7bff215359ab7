import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { ciFeatures } from '../../../../core/features/ci/ciFeatures.ts';
import { ciProviders, type CiProvider } from '../../../../core/features/ci/providers.ts';
import type { CiFeature } from '../../../../core/features/ci/types.ts';
import { readTemplates } from '../../../../disk/package/readTemplates.ts';
import { renderText } from '../../../support/renderText.ts';

const templates = await readTemplates();

function textOf(fragment: string): string {
  return new TextDecoder().decode(templates.get(fragment));
}

describe('core/features/ci', () => {
  it('does not compile while a part of a provider is missing', () => {
    const { parameters: _parameters, ...withoutParameters } = ciFeatures.github;
    // @ts-expect-error A part is missing.
    const half: CiFeature = withoutParameters;
    const { takedown: _takedown, ...withoutTakedown } = ciFeatures.github.fragments;
    // @ts-expect-error One of its fragments is missing.
    const silent: CiFeature = { ...ciFeatures.github, fragments: withoutTakedown };
    const { codebuild: _codebuild, ...withoutCodeBuild } = ciFeatures;
    // @ts-expect-error A whole provider is missing.
    const fewer: Readonly<Record<CiProvider, CiFeature>> = withoutCodeBuild;
    // @ts-expect-error Nobody declared this one.
    const more: Readonly<Record<CiProvider, CiFeature>> = { ...ciFeatures, jenkins: ciFeatures.none };
    assert.ok(half && silent && fewer && more);
  });

  for (const [provider, { files, parameters, fragments, hasPipeline }] of Object.entries(ciFeatures)) {
    it(`says of each parameter of ${provider} what it is and what to write into it`, () => {
      const names = parameters.map(({ name }) => name);
      const stack = parse(textOf(fragments.stackParameters)) as Readonly<Record<string, { Default?: string }>> | null;
      assert.deepEqual(Object.keys(stack ?? {}), names);
      const rows = textOf(fragments.parameterRows).split('\n').filter(Boolean);
      const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
      assert.deepEqual(
        cells.flatMap(([, , named = '']) => [...named.matchAll(/`(\w+)`/gu)].map(([, name]) => name)),
        names,
      );
      assert.ok(cells.every(([, of, , what = '']) => of === '`platform`' && what.length > 0));
      for (const { name, value } of parameters.filter((parameter) => parameter.value !== '')) {
        assert.equal(stack?.[name]?.Default, value);
      }
    });

    it(`has what a pipeline needs on ${provider}, and all of it lies in its folder or is shared`, () => {
      assert.equal(hasPipeline, fragments.pipeline !== '' && fragments.rightsRows !== '');
      assert.ok(files.length > (hasPipeline ? 1 : 0));
      const all = [...files.map(({ template }) => template), ...Object.values(fragments).filter(Boolean)];
      const isThere = new RegExp(`^features/ci/(?:${provider}|shared)/`, 'u');
      assert.deepEqual(
        all.filter((file) => !isThere.test(file) || !templates.has(file)),
        [],
      );
    });

    it(`gives the files of ${provider} to its repositories and to no other`, async () => {
      const own = files.map(({ path }) => path);
      for (const ci of ciProviders) {
        const emitted = await renderText({ ci });
        const theirs = ciFeatures[ci].files.map(({ path }) => path);
        assert.deepEqual(
          own.filter((path) => emitted.has(path)),
          own.filter((path) => theirs.includes(path)),
        );
      }
    });
  }

  it('tells the providers apart by what they trust', () => {
    const trusted = Object.values(ciFeatures).map(({ fragments }) => textOf(fragments.stackRoles));
    assert.equal(new Set(trusted).size, ciProviders.length);
  });
});
