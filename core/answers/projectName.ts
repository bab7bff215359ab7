import { userApp } from '../facts/userModels.ts';
import { asText } from './kinds.ts';
import { nameReason } from './nameReason.ts';
import type { Parsed } from './types.ts';

/**
 * Longest name. The tightest are a load balancer's 32 characters (`<slug>-web`) and an S3 bucket's 63
 * (`<slug>-static-<account, 12>-<region, up to 14>`).
 */
export const projectNameMaximumLength = 24;

/** Two characters at least, which an ECR repository needs. */
const pattern = /^(?=..)[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

export const projectNameSchema = {
  type: 'string',
  pattern: pattern.source,
  maxLength: projectNameMaximumLength,
} as const;

export const projectNameAllowed = `lowercase letters, digits and single underscores, starting with a letter, 2 to ${projectNameMaximumLength} characters`;

/** A Python package that shadows nothing, and whose name with `-` for `_` is valid for ECS, ECR, RDS, ALB and S3. */
export function parseProjectName(value: unknown): Parsed<string> {
  const name = asText(value);
  if (name === undefined) {
    return { problem: `not a name; allowed: ${projectNameAllowed}` };
  }
  const suggestion = makeProjectName(name);
  if (name.length > projectNameMaximumLength || !pattern.test(name)) {
    return { problem: `not a name for a Python package and AWS; allowed: ${projectNameAllowed}; try ${suggestion}` };
  }
  const reason = nameReason(name);
  return reason === undefined ? { value: name } : { problem: `${name} ${reason}; try ${suggestion}` };
}

/** The name of the folder, made valid: the default of the prompt and of `--yes`. */
export function makeProjectName(folder: string): string {
  const words = folder
    .slice(0, 200)
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.join('_');
  const named = /^[a-z]./.test(joined) ? joined : ['project', ...words].join('_');
  const candidates = [named, `${cut(named, projectNameMaximumLength - 5)}_site`, `site_${named}`];
  return candidates.map((name) => cut(name, projectNameMaximumLength)).find(isFree) ?? 'website';
}

function isFree(name: string): boolean {
  return nameReason(name) === undefined && name !== userApp;
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/_+$/, '');
}
