import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mergeFile } from '../../../core/merge/file/mergeFile.ts';
import { root } from '../../support/paths.ts';
import { renderText } from '../../support/renderText.ts';

const file = 'gunicorn.conf.py';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the walks in ARCHITECTURE.md', () => {
  const page = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  let [small, large] = ['', ''];

  before(async () => {
    small = (await renderText({ vcpu: 2 })).get(file) ?? '';
    large = (await renderText({ vcpu: 4, rdsClass: 'db.m7g.xlarge' })).get(file) ?? '';
  });

  it('end in the lines that are emitted for --vcpu 2', () => {
    const [, block = ''] = /^The result:\n\n((?: {4}.*\n)+)/mu.exec(page) ?? [];
    const lines = block.replaceAll(/^ {4}/gmu, '');
    assert.ok(lines.includes('threads = '), 'the page shows the result');
    assert.ok(small.includes(lines), lines);
  });

  it('tell what becomes of the edited file', () => {
    assert.ok(
      page.includes('`keepalive = 120`') && page.includes('`keepalive = 90`') && page.includes('has 6 threads'),
    );
    const last = small;
    const yours = last.replace('keepalive = 90', 'keepalive = 120');
    assert.notEqual(yours, last);
    const merged = mergeFile({ path: file, last: encode(last), yours: encode(yours), next: encode(large) });
    assert.ok(merged.kind === 'merged');
    assert.equal(new TextDecoder().decode(merged.bytes), large.replace('keepalive = 90', 'keepalive = 120'));
    assert.match(large, /^threads = positive\("GUNICORN_THREADS", 6\)$/mu);
    const threads = last.replace('"GUNICORN_THREADS", 4', '"GUNICORN_THREADS", 8');
    const conflict = mergeFile({ path: file, last: encode(last), yours: encode(threads), next: encode(large) });
    assert.equal(conflict.kind, 'conflict');
  });
});
