import { asText } from '../../answers/kinds.ts';
import type { Parsed } from '../../answers/types.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/** A line of the emitted settings holds it with its name. */
export const senderMaximumLength = 72;

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const address = String.raw`[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:${label}\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])`;
/** A name that needs no quotes in a header of a mail, and none in Python but the usual. */
const name = String.raw`[\p{L}\p{N}][\p{L}\p{N} &'-]*`;

export const senderPattern = String.raw`^(?:${name} <${address}>|${address})$`;
export const senderAllowed = `an address, or a name and an address, such as Shop <noreply@shop.example.com>; at most ${senderMaximumLength} characters`;

const sender = new RegExp(senderPattern, 'u');

/** An address, or `Name <address>`. */
export function parseSender(value: unknown): Parsed<string> {
  const text = asText(value) ?? '';
  return sender.test(text) && text.length <= senderMaximumLength
    ? { value: text }
    : { problem: `not a sender; allowed: ${senderAllowed}` };
}

/** Whom mail is from; undefined where no answer says it. */
export function senderOf({ mailFrom, domain }: SizingAnswers): string | undefined {
  return mailFrom ?? (domain === undefined ? undefined : `noreply@${domain}`);
}

/** The address without the name. */
export function addressOf(from: string): string {
  return /<(.*)>$/u.exec(from)?.[1] ?? from;
}

/** What stands behind the `@`: the identity of SES. */
export function domainOf(from: string): string {
  return addressOf(from).split('@')[1] ?? '';
}
