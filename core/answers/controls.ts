/** A flag that steers the run instead of answering a question. */
export interface Control {
  readonly flag: string;
  readonly kind: 'boolean' | 'text';
  readonly placeholder: string;
  readonly help: string;
}

/** The values of `--on-conflict`: what to do with files in which both the user and the generator changed the same place. */
export const conflictChoices = ['abort', 'mine', 'theirs', 'sidecar', 'markers'] as const;
export type ConflictChoice = (typeof conflictChoices)[number];

export const controls = {
  yes: {
    flag: 'yes',
    kind: 'boolean',
    placeholder: '',
    help: 'ask nothing: use the defaults for everything not given',
  },
  answers: { flag: 'answers', kind: 'text', placeholder: '<file>', help: 'read answers from a JSON file' },
  askAll: { flag: 'ask-all', kind: 'boolean', placeholder: '', help: 'ask every question, not only the five' },
  dryRun: { flag: 'dry-run', kind: 'boolean', placeholder: '', help: 'show what would be written, write nothing' },
  json: {
    flag: 'json',
    kind: 'boolean',
    placeholder: '',
    help: 'print only JSON on standard output',
  },
  onConflict: {
    flag: 'on-conflict',
    kind: 'text',
    placeholder: `<${conflictChoices.join('|')}>`,
    help: 'what to do where you and the generator changed the same place; the default without a terminal is abort',
  },
  detailedExitcode: {
    flag: 'detailed-exitcode',
    kind: 'boolean',
    placeholder: '',
    help: 'with --dry-run: exit code 5 if something would change',
  },
  undo: { flag: 'undo', kind: 'boolean', placeholder: '', help: 'undo the last run' },
  restore: {
    flag: 'restore',
    kind: 'text',
    placeholder: '<path,...>',
    help: 'restore files that you deleted; paths relative to the repository',
  },
  requireClean: {
    flag: 'require-clean',
    kind: 'boolean',
    placeholder: '',
    help: 'refuse unless git confirms that every file to be written is committed',
  },
  rebuildBaseline: {
    flag: 'rebuild-baseline',
    kind: 'boolean',
    placeholder: '',
    help: 'after the baseline was lost or damaged: rebuild it from what this version renders for .yo-rc.json',
  },
  verbose: { flag: 'verbose', kind: 'boolean', placeholder: '', help: 'list every file, even of a new repository' },
  help: { flag: 'help', kind: 'boolean', placeholder: '', help: 'print this help' },
  version: { flag: 'version', kind: 'boolean', placeholder: '', help: 'print the version' },
} as const satisfies Readonly<Record<string, Control>>;

export type ControlName = keyof typeof controls;
