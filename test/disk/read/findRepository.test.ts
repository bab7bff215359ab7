import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepository, isRepository } from '../../../disk/read/findRepository.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';

describe('findRepository', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'find-repository-'));
    await mkdir(join(root, 'shop/.django-fargate'), { recursive: true });
    await mkdir(join(root, 'shop/deploy/ecs'), { recursive: true });
    await writeFile(join(root, 'shop/.django-fargate/baseline.json'), '{}');
  });

  afterEach(() => rm(root, { recursive: true }));

  it('finds the repository from its own folder and from below', async () => {
    assert.equal(await findRepository(join(root, 'shop')), join(root, 'shop'));
    assert.equal(await findRepository(join(root, 'shop/deploy/ecs')), join(root, 'shop'));
  });

  it('finds none beside it, above it or in a folder that does not exist', async () => {
    assert.equal(await findRepository(root), undefined);
    assert.equal(await findRepository(join(root, 'other')), undefined);
  });

  it('refuses where nobody can look', async () => {
    await chmod(root, 0o755);
    await chmod(join(root, 'shop/.django-fargate'), 0);
    const refused = asOrdinaryUser(() => findRepository(join(root, 'shop/deploy')));
    await assert.rejects(refused, /^UserError: Cannot read .*baseline\.json \(EACCES\)/u);
    await chmod(join(root, 'shop/.django-fargate'), 0o755);
  });

  it('does not take a folder of that name for the baseline', async () => {
    await mkdir(join(root, 'blog/.django-fargate/baseline.json'), { recursive: true });
    assert.equal(await isRepository(join(root, 'blog')), false);
  });
});
