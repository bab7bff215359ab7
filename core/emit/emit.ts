import { InternalError } from '../errors.ts';
import type { Answers } from '../answers/types.ts';
import type { Plan } from '../plan/types.ts';
import { emittedPath } from './emittedPath.ts';
import { renderEnvironment } from './environment.ts';
import { files } from './files.ts';
import { layOut } from './layout/layOut.ts';
import { renderRelease } from './release.ts';
import { render } from './render.ts';
import { renderSizing } from './sizing.ts';
import type { EmittedFile, FileRow, Templates } from './types.ts';
import { createView, type View } from './view.ts';

/**
 * The whole repository for these answers, ordered by path. Pure: the same answers give the same bytes.
 * @throws InternalError when a template is missing or does not render
 */
export function emit(answers: Answers, plan: Plan, templates: Templates): readonly EmittedFile[] {
  const view = createView(answers, plan);
  const rendered = files
    .filter(({ when }) => when?.(answers) ?? true)
    .map((row): EmittedFile => ({
      path: emittedPath(row.path, answers.projectName),
      bytes: renderRow(row, answers, templates, view),
      executable: row.executable ?? false,
      policy: row.policy,
    }));
  const data = [
    dataFile('deploy/environment.json', renderEnvironment(answers)),
    dataFile('deploy/release.json', renderRelease(answers, plan)),
    dataFile('deploy/sizing.json', renderSizing(plan)),
  ];
  return [...rendered, ...runtimeFiles(templates), ...data].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** The runtime: every file of it, whatever the answers. */
function runtimeFiles(templates: Templates): readonly EmittedFile[] {
  const prefix = 'runtime/';
  return [...templates]
    .filter(([template]) => template.startsWith(prefix))
    .map(([template, bytes]) => ({
      path: template.slice(prefix.length),
      bytes,
      executable: false,
      policy: template.endsWith('.pem') ? 'binary' : 'merge',
    }));
}

/** What programs read, written without a template. */
function dataFile(path: string, text: string): EmittedFile {
  return { path, bytes: encode(layOut(path, text)), executable: false, policy: 'merge' };
}

function renderRow(
  { template, path, assemble }: FileRow,
  answers: Answers,
  templates: Templates,
  view: View,
): Uint8Array {
  const content = templates.get(template);
  if (content === undefined) {
    throw new InternalError(`The template ${template} is missing from this package.`);
  }
  if (assemble !== undefined) return encode(assemble(decode(content), answers));
  if (!template.endsWith('.ejs')) return content;
  return encode(layOut(path, render(template, decode(content), view, templates)));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
