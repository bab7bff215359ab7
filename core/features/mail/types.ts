import type { MailService } from '../../facts/mail.ts';
import type { Section } from '../../plan/item.ts';

export interface MailAnswers {
  /** Who takes the mail; with `none` the other answers about it decide nothing. */
  readonly mail: MailService;
  /** Whom mail to users is from: an address, or `Name <address>`. */
  readonly mailFrom?: string | undefined;
  /** Whom mail to the admins is from. */
  readonly serverEmail?: string | undefined;
  /** The SMTP server, where mail goes over SMTP. */
  readonly mailHost?: string | undefined;
  readonly mailPort?: number | undefined;
  /** Who logs in there; without one, nobody does. */
  readonly mailUser?: string | undefined;
}

/** Its section of the plan. */
export interface MailSection {
  /** Only where mail is sent. */
  readonly mail?: Section<'timeoutSeconds'>;
}
