import type { FeatureRelease } from '../feature.ts';
import { domainOf, senderOf } from './sender.ts';

/** The domain whose identity in SES the program looks at, where mail goes through SES. */
export const mailRelease: FeatureRelease = {
  says: (answers) => (answers.mail === 'ses' ? { mailIdentity: domainOf(senderOf(answers) ?? '') } : {}),
};
