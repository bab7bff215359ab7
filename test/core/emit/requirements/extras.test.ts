import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import { staticServers } from '../../../../core/facts/staticFiles.ts';
import { extrasFor } from '../../../../core/emit/requirements/extras.ts';
import { brokers } from '../../../../core/facts/celery.ts';
import { djangoVersions } from '../../../../core/facts/django.ts';
import { answersFor } from '../../../emitted/matrix/rows.ts';
import { root } from '../../../support/paths.ts';

/** Whatever has packages and does not choose between them. */
const others = { errors: 'sentry', mail: 'ses', mailFrom: 'a@example.com' };

describe('the extras of the requirements', () => {
  it('are, over all answers, those that pyproject.toml declares', () => {
    const manifest = parse(readFileSync(path.join(root, 'templates/versions/pyproject.toml'), 'utf8'));
    const { 'optional-dependencies': optional } = manifest['project'] as Record<string, object>;
    const needed = djangoVersions.flatMap(({ version: django }) =>
      staticServers.flatMap((server) =>
        brokers.flatMap((broker) => extrasFor(answersFor({ django, static: server, broker, ...others }))),
      ),
    );
    const mail = extrasFor(answersFor({ mail: 'ses', mailFrom: 'noreply@example.com' }));
    assert.deepEqual([...new Set([...needed, ...mail])].toSorted(), Object.keys(optional ?? {}).toSorted());
  });

  it('are the Django, and what serves static files, for the defaults', () => {
    assert.deepEqual(extrasFor(answersFor({})), ['django-5-2', 'whitenoise', 'media']);
    assert.deepEqual(extrasFor(answersFor({ static: 's3', media: 'none', broker: 'redis' })), ['django-5-2', 'redis']);
  });
});
