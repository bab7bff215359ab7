import { blockedPort, sesEndpoint } from '../../facts/mail.ts';
import { everywhereUsd } from '../../facts/prices.ts';
import type { FeaturePlan } from '../../plan/demand.ts';
import { probeTimeoutSeconds } from '../../plan/health.ts';
import { item, show } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/**
 * How long a request may wait for the mail server. It waits in a slot, and the load balancer's probe behind it: both must
 * fit, with a margin, into what the probe waits.
 */
function limitMail({ slowestRequestSeconds: slowest }: SizingAnswers) {
  const half = probeTimeoutSeconds / 2;
  const seconds = Math.floor(Math.min(slowest / 3, half) * 10) / 10;
  return {
    timeoutSeconds: item(
      seconds,
      `min(${slowest} s slowest request / 3, ${probeTimeoutSeconds} s health check / 2) = ${show(seconds)} s: a mail server that does not answer holds a slot no longer, and the probe behind it passes`,
      sources.mail,
    ),
  };
}

export const mailPlan: FeaturePlan = {
  demand: (answers) => ({
    sections: { mail: limitMail(answers) },
    ...(answers.mail === 'ses'
      ? { endpoints: [sesEndpoint], byUse: [`mails ($${everywhereUsd.mailThousand} a thousand)`] }
      : {}),
  }),
  warnings: ({ mail, mailPort }) =>
    mail === 'smtp' && mailPort === blockedPort
      ? [
          `AWS blocks port ${blockedPort} on the way out until you ask AWS Support to open it; providers of mail also listen on 587, 465 or 2525.`,
        ]
      : [],
  table: [['Mail timeout', ({ mail }) => mail?.timeoutSeconds, 's']],
};
