import { postgresMajors, rdsPostgresMinors, type PostgresMajor } from '../facts/rds.ts';
import { findRdsClass, isWellFormedRdsClass, nearestRdsClasses } from '../facts/rds.ts';
import { findRegion, nearestRegions, regions } from '../facts/regions.ts';
import { asNumber, asText, listOr } from './kinds.ts';
import type { Parsed } from './types.ts';

/** A known region of AWS's main partition. */
export function parseRegion(value: unknown): Parsed<string> {
  const name = asText(value) ?? '';
  const region = findRegion(name);
  if (region !== undefined && region.partition !== 'aws') {
    return { problem: 'not supported: China and GovCloud have other ARNs and RDS certificates' };
  }
  if (region !== undefined) {
    return { value: name };
  }
  const nearest = nearestRegions(name, regions.length).filter((one) => findRegion(one)?.partition === 'aws');
  return { problem: `not a known AWS region; nearest: ${listOr(nearest.slice(0, 3))}` };
}

/** A well-formed RDS class; whether its memory is known is checked together with `--rds-max-connections`. */
export function parseRdsClass(value: unknown): Parsed<string> {
  const name = asText(value) ?? '';
  if (findRdsClass(name) !== undefined || isWellFormedRdsClass(name)) {
    return { value: name };
  }
  return { problem: `not an RDS instance class; nearest: ${listOr(nearestRdsClasses(name))}` };
}

const engineVersion = new RegExp(String.raw`^(${postgresMajors.join('|')})(?:\.([1-9]\d?))?$`);
export const engineVersionPattern = engineVersion.source;
export const engineVersionAllowed = `${postgresMajors.join(', ')}, or a minor version that RDS offers, such as 17.11, to pin it`;

/**
 * A major version of PostgreSQL on RDS, with or without a minor. A number with one decimal is refused where it may
 * have lost a zero: command lines turn 17.10 into 17.1.
 */
export function parseEngineVersion(value: unknown): Parsed<string> {
  const text = asText(value) ?? '';
  const [, major, minor] = engineVersion.exec(text) ?? [];
  if (major === undefined || !isMajor(major)) {
    return { problem: `not a PostgreSQL version of RDS; allowed: ${engineVersionAllowed}` };
  }
  const minors: readonly number[] = rdsPostgresMinors[major];
  if (minor === undefined) {
    return { value: text };
  }
  if (typeof value === 'number' && minors.includes(Number(minor) * 10)) {
    return {
      problem: `could mean ${text}0, which a command line cannot distinguish; write it in quotes in a file for --answers`,
    };
  }
  if (!minors.includes(Number(minor))) {
    return {
      problem: `not a known minor version of RDS; allowed: ${major}, for the one that RDS chooses, or ${minorRanges(major)}`,
    };
  }
  return { value: text };
}

/** `18.1 to 18.4, 18.6`: RDS has skipped some minor versions. */
function minorRanges(major: PostgresMajor): string {
  const minors: readonly number[] = rdsPostgresMinors[major];
  const firsts = minors.filter((minor) => !minors.includes(minor - 1));
  const lasts = minors.filter((minor) => !minors.includes(minor + 1));
  return firsts
    .map((first, index) => {
      const last = lasts[index] ?? first;
      return first === last ? `${major}.${first}` : `${major}.${first} to ${major}.${last}`;
    })
    .join(', ');
}

function isMajor(text: string): text is PostgresMajor {
  return (postgresMajors as readonly string[]).includes(text);
}

const domain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;
export const domainPattern = domain.source;
export const domainAllowed = 'a host name such as shop.example.com, in lowercase, without https:// or path';

/** A host name in lowercase letters, at least two labels, no address. */
export function parseDomain(value: unknown): Parsed<string> {
  const name = asText(value) ?? '';
  return domain.test(name) ? { value: name } : { problem: `not a domain; allowed: ${domainAllowed}` };
}

/** A whole number of MiB; whether Fargate pairs it with the vCPU is checked together with that. */
export function parseMemory(value: unknown): Parsed<number> {
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number > 0
    ? { value: number }
    : { problem: 'not a whole number of MiB, such as 1024' };
}
