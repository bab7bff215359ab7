import type { Answers } from '../../answers/types.ts';
import { json, word } from '../../emit/literals.ts';
import { toSlug } from '../../facts/derivedNames.ts';
import { submissionPort } from '../../facts/mail.ts';
import { domainOf, senderOf } from './sender.ts';

/** What the templates see of it; its number is in `plan.mail`. Without mail the texts are empty and nothing prints them. */
export function viewMail(answers: Answers) {
  const { mail, serverEmail, mailHost, mailPort = submissionPort, mailUser } = answers;
  const from = mail === 'none' ? undefined : senderOf(answers);
  return {
    mail,
    // Texts of Python and JSON.
    mailFrom: json(from ?? ''),
    serverEmail: json(serverEmail ?? from ?? ''),
    mailDomain: from === undefined ? '' : word(domainOf(from)),
    mailHost: mailHost === undefined ? '' : word(mailHost),
    mailPort,
    mailUser: mailUser ?? '',
    // With a password, which is a secret.
    mailLogin: mail === 'smtp' && mailUser !== undefined,
    mailRoles: rolesOf(answers),
    mailRoleNames: rolesOf(answers)
      .map(({ name }) => name)
      .join(' '),
    dkimRecords: [1, 2, 3],
  };
}

/** The roles whose code may send mail, and the resource that says so. */
function rolesOf({ projectName, broker }: Answers): readonly { readonly resource: string; readonly name: string }[] {
  const slug = toSlug(projectName);
  return [
    { resource: 'SendFromWeb', name: word(`${slug}-task`) },
    ...(broker === 'none' ? [] : [{ resource: 'SendFromWorker', name: word(`${slug}-worker`) }]),
    { resource: 'SendFromOps', name: word(`${slug}-ops`) },
  ];
}
