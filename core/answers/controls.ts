/** A flag that steers the run instead of answering a question. */
export interface Control {
  readonly flag: string;
  readonly kind: 'boolean' | 'text';
  readonly placeholder: string;
  readonly help: string;
}

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
  help: { flag: 'help', kind: 'boolean', placeholder: '', help: 'print this help' },
  version: { flag: 'version', kind: 'boolean', placeholder: '', help: 'print the version' },
} as const satisfies Readonly<Record<string, Control>>;

export type ControlName = keyof typeof controls;
