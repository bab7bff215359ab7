import { createHash } from 'node:crypto';
import type { EmittedFile, Policy } from '../../../core/emit/types.ts';
import type { Rename } from '../../../core/emit/renames.ts';
import type { Baseline, Entry } from '../../../core/merge/baseline/baseline.ts';
import type { Observed } from '../../../core/merge/observed.ts';
import type { Outcome } from '../../../core/merge/outcomes/outcome.ts';
import { planOutcomes } from '../../../core/merge/outcomes/planOutcomes.ts';
import type { Regeneration } from '../../../core/merge/outcomes/planOutcomes.ts';
import { toEntry } from '../../../core/merge/baseline/toEntry.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** A content as a test writes it: a text, or bytes. */
export type Content = string | Uint8Array;
const toBytes = (content: Content): Uint8Array => (typeof content === 'string' ? bytesOf(content) : content);

export function file(path: string, content: Content, policy: Policy = 'merge', executable = false): EmittedFile {
  return { path, bytes: toBytes(content), policy, executable };
}

export function there(content: Content, mode = 0o644): Observed {
  return { kind: 'file', bytes: toBytes(content), mode };
}

/** One path in three versions; what is left out is not there. */
export interface Triple {
  readonly last?: Content;
  readonly lastExec?: boolean;
  readonly yours?: Content | Observed;
  readonly next?: Content;
  readonly nextExec?: boolean;
  readonly policy?: Policy;
  readonly state?: Entry['state'];
  readonly isAdopted?: boolean;
  readonly interrupted?: 'create' | 'remove';
}

/** A run over some paths. */
export function outcomesOf(
  triples: Readonly<Record<string, Triple>>,
  more: Partial<Pick<Regeneration, 'moved' | 'isUnmanaged' | 'restored' | 'hasModes'>> & {
    readonly renames?: readonly Rename[];
    readonly broken?: readonly string[];
  } = {},
): readonly Outcome[] {
  const { broken = [], ...rest } = more;
  const entries = new Map<string, Entry>();
  const observed = new Map<string, Observed>();
  const next: EmittedFile[] = [];
  const interrupted = new Map<string, 'create' | 'remove'>();
  for (const [path, triple] of Object.entries(triples)) {
    const { policy = 'merge', state, isAdopted = false } = triple;
    if (triple.interrupted !== undefined) interrupted.set(path, triple.interrupted);
    if (triple.last !== undefined && !broken.includes(path)) {
      const entry = toEntry(file(path, triple.last, policy, triple.lastExec), '1.0.0', sha256);
      entries.set(path, {
        ...entry,
        ...(state === undefined ? {} : { state }),
        ...(isAdopted ? { adopted: true as const } : {}),
      });
    }
    if (triple.yours !== undefined) {
      const { yours } = triple;
      observed.set(path, typeof yours === 'object' && 'kind' in yours ? yours : there(yours));
    }
    if (triple.next !== undefined) next.push(file(path, triple.next, policy, triple.nextExec));
  }
  const baseline: Baseline = { config: {}, entries, broken: new Set(broken) };
  return planOutcomes({
    baseline,
    observed,
    next,
    version: '1.1.0',
    sha256,
    hasModes: true,
    restored: new Set(),
    interrupted,
    renames: [],
    moved: new Map(),
    isUnmanaged: () => false,
    ...rest,
  });
}

/** The one outcome of a run over one path. */
export function outcomeOf(triple: Triple, more: Parameters<typeof outcomesOf>[1] = {}, path = 'a.txt'): Outcome {
  const [outcome] = outcomesOf({ [path]: triple }, more);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}
