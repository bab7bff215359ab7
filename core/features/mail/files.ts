import { isCloudFormation, ofFeature } from '../../emit/rows.ts';
import { sharedRelease, sharedSettings } from '../../emit/shared.ts';
import type { FeatureFiles } from '../feature.ts';

/** The settings are lines of shared files; SES has a stack of its own. */
export const mailFiles: FeatureFiles = {
  // No login, no password.
  secrets: ({ mail, mailUser }) => (mail === 'smtp' && mailUser !== undefined ? ['EMAIL_HOST_PASSWORD'] : []),
  extras: ({ mail }) => (mail === 'ses' ? ['ses'] : []),
  rows: [
    ofFeature('mail', 'deploy/cloudformation/mail.yaml.ejs', {
      when: (answers) => isCloudFormation(answers) && answers.mail === 'ses',
    }),
    ofFeature('mail', 'tests/test_mail.py.ejs'),
  ],
  stack: {
    name: 'mail',
    when: ({ mail }) => mail === 'ses',
    kept: () => '',
    byHand: () => 'the identity in SES, its DNS records and the rights to send from it',
  },
  needs: ['requirements.in', ...sharedSettings, ...sharedRelease],
};
