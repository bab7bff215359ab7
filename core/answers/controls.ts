/** A flag that steers the run instead of answering a question. */
export interface Control {
  readonly flag: string;
  readonly kind: 'boolean' | 'text';
  readonly placeholder: string;
  readonly help: string;
}

/** What `--on-conflict` takes: what becomes of files in which both the user and the generator changed one place. */
export const conflictChoices = ['abort', 'mine', 'theirs', 'sidecar', 'markers'] as const;
export type ConflictChoice = (typeof conflictChoices)[number];

export const controls = {
  yes: { flag: 'yes', kind: 'boolean', placeholder: '', help: 'ask nothing: take the defaults for what is not given' },
  answers: { flag: 'answers', kind: 'text', placeholder: '<file>', help: 'read answers from a JSON file' },
  askAll: { flag: 'ask-all', kind: 'boolean', placeholder: '', help: 'ask every question, not only the five' },
  dryRun: { flag: 'dry-run', kind: 'boolean', placeholder: '', help: 'show what would be written, write nothing' },
  json: {
    flag: 'json',
    kind: 'boolean',
    placeholder: '',
    help: 'print JSON on standard output and nothing else there',
  },
  onConflict: {
    flag: 'on-conflict',
    kind: 'text',
    placeholder: `<${conflictChoices.join('|')}>`,
    help: 'what to do where you and the generator changed the same place; without a terminal: abort, nothing is written',
  },
  detailedExitcode: {
    flag: 'detailed-exitcode',
    kind: 'boolean',
    placeholder: '',
    help: 'with --dry-run: exit code 5 when something would change',
  },
  undo: { flag: 'undo', kind: 'boolean', placeholder: '', help: 'take the last run back' },
  restore: {
    flag: 'restore',
    kind: 'text',
    placeholder: '<path,...>',
    help: 'bring back files that you deleted; relative to the repository',
  },
  requireClean: {
    flag: 'require-clean',
    kind: 'boolean',
    placeholder: '',
    help: 'refuse unless git says that every file that would be written is committed',
  },
  rebuildBaseline: {
    flag: 'rebuild-baseline',
    kind: 'boolean',
    placeholder: '',
    help: 'after the baseline was lost or damaged: take what this version renders for .yo-rc.json as what was written',
  },
  verbose: { flag: 'verbose', kind: 'boolean', placeholder: '', help: 'list every file, also of a new repository' },
  help: { flag: 'help', kind: 'boolean', placeholder: '', help: 'print this help' },
  version: { flag: 'version', kind: 'boolean', placeholder: '', help: 'print the version' },
} as const satisfies Readonly<Record<string, Control>>;

export type ControlName = keyof typeof controls;
