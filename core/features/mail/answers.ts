import { choice } from '../../answers/declare.ts';
import { asText, parseWhole } from '../../answers/kinds.ts';
import { domainPattern, parseDomain } from '../../answers/texts.ts';
import type { Answers, Choice, Declaration, Parsed } from '../../answers/types.ts';
import { mailServices, regionsWithoutSes, submissionPort } from '../../facts/mail.ts';
import type { FeatureAnswers } from '../feature.ts';
import { domainOf, parseSender, senderAllowed, senderMaximumLength, senderOf, senderPattern } from './sender.ts';

/** The services with what they ask for. */
function mailChoices(): readonly Choice[] {
  return [
    { value: 'none', name: 'none  nothing is set up: sending fails in production' },
    { value: 'ses', name: 'ses   Amazon SES: no password, records in the DNS of your domain' },
    { value: 'smtp', name: 'smtp  a mail server of yours or of a provider: its name, a user, a password' },
  ];
}

/** A line of the emitted settings holds it. */
const hostMaximumLength = 80;
const hostAllowed = `a host name such as smtp.example.com, in lowercase, of at most ${hostMaximumLength} characters`;

function parseHost(value: unknown): Parsed<string> {
  const parsed = parseDomain(value);
  return 'value' in parsed && parsed.value.length <= hostMaximumLength
    ? parsed
    : { problem: `not the name of a server; allowed: ${hostAllowed}` };
}

const user = String.raw`^[\w.@+/=-]{1,60}$`;
const userAllowed = 'at most 60 letters, digits and . _ @ + / = -';

function parseUser(value: unknown): Parsed<string> {
  const text = asText(value) ?? '';
  return new RegExp(user, 'u').test(text) ? { value: text } : { problem: `not a user; allowed: ${userAllowed}` };
}

const declarations: readonly Declaration[] = [
  choice('a way to send mail', mailServices, {
    key: 'mail',
    flag: 'mail',
    title: 'Mail',
    help: 'how the service sends mail: Amazon SES, or an SMTP server; development prints it',
    asked: false,
    default: 'none',
    defaultText: '`none`',
    choices: mailChoices,
    computed: false,
    off: 'none',
  }),
  {
    key: 'mailFrom',
    flag: 'mail-from',
    kind: 'text',
    title: 'Sender of mail (DEFAULT_FROM_EMAIL)',
    help: 'whom mail is from; with SES, its domain becomes the identity that the service may send from',
    asked: true,
    default: undefined,
    defaultText: '`noreply@` and the domain',
    allowed: senderAllowed,
    schema: { type: 'string', pattern: senderPattern, maxLength: senderMaximumLength },
    parse: parseSender,
    computed: true,
    partOf: 'mail',
  },
  {
    key: 'serverEmail',
    flag: 'server-email',
    kind: 'text',
    title: 'Sender of mail to admins (SERVER_EMAIL)',
    help: 'whom messages to ADMINS and MANAGERS are from',
    asked: true,
    default: undefined,
    defaultText: 'the sender of mail',
    allowed: senderAllowed,
    schema: { type: 'string', pattern: senderPattern, maxLength: senderMaximumLength },
    parse: parseSender,
    computed: true,
    sizes: false,
    partOf: 'mail',
  },
  {
    key: 'mailHost',
    flag: 'mail-host',
    kind: 'text',
    title: 'SMTP server',
    help: 'takes the mail where it goes over SMTP',
    asked: false,
    default: undefined,
    defaultText: 'none: needed with `--mail smtp`',
    allowed: hostAllowed,
    schema: { type: 'string', pattern: domainPattern, maxLength: hostMaximumLength },
    parse: parseHost,
    computed: true,
    partOf: 'mail',
  },
  {
    key: 'mailPort',
    flag: 'mail-port',
    kind: 'number',
    title: 'Port of the SMTP server',
    help: '465: TLS from the start; any other: STARTTLS. The security group of the tasks is opened for it',
    asked: false,
    default: undefined,
    defaultText: `${submissionPort}`,
    allowed: '1 to 65535',
    schema: { type: 'integer', minimum: 1, maximum: 65_535 },
    parse: (value) => parseWhole(value, 'a port', 1, 65_535),
    computed: true,
    partOf: 'mail',
  },
  {
    key: 'mailUser',
    flag: 'mail-user',
    kind: 'text',
    title: 'User of the SMTP server',
    help: 'its password is the secret EMAIL_HOST_PASSWORD',
    asked: false,
    default: undefined,
    defaultText: 'none: no login',
    allowed: userAllowed,
    schema: { type: 'string', pattern: user },
    parse: parseUser,
    computed: true,
    sizes: false,
    partOf: 'mail',
  },
];

function contradictions(answers: Answers): readonly string[] {
  const { mail, mailHost, serverEmail, region, egress } = answers;
  if (mail === 'none') {
    return [];
  }
  const problems: string[] = [];
  const from = senderOf(answers);
  if (from === undefined) {
    problems.push(
      `--mail ${mail}: no sender is known; give --mail-from, such as "Shop <noreply@shop.example.com>", or --domain.`,
    );
  }
  if (mail === 'smtp' && mailHost === undefined) {
    problems.push('--mail smtp: no server is known; give --mail-host, such as smtp.example.com, or use --mail ses.');
  }
  if (mail === 'smtp' && egress === 'endpoints') {
    problems.push(
      '--mail smtp and --egress endpoints: the tasks have no way to a mail server; use --mail ses, whose endpoint is added, or --egress nat.',
    );
  }
  if (mail === 'ses' && regionsWithoutSes.includes(region)) {
    problems.push(`--mail ses and --region ${region}: Amazon SES is not there; use --mail smtp, or another region.`);
  }
  if (mail === 'ses' && from !== undefined && serverEmail !== undefined && domainOf(serverEmail) !== domainOf(from)) {
    problems.push(
      `--server-email ${serverEmail}: the service may send from ${domainOf(from)} only, the domain of its sender; use an address of it.`,
    );
  }
  return problems;
}

/** The identity and its records are the sender's domain's. */
function told(before: Answers, after: Answers): readonly string[] {
  const [was, is] = [senderOf(before), senderOf(after)];
  if (before.mail !== 'ses' || after.mail !== 'ses' || was === undefined || is === undefined) {
    return [];
  }
  return domainOf(was) === domainOf(is)
    ? []
    : [
        `mail is sent from ${domainOf(is)} instead of ${domainOf(was)}: make bootstrap replaces the identity in SES and prints the DNS ` +
          'records of the new one; until they are found, SES refuses mail. Do that before the release',
      ];
}

export const mailAnswers: FeatureAnswers = { declarations, contradictions, told };
