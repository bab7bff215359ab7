import type { Places } from '../../drift/place.ts';

export const mailPlaces: Places = {
  'project/settings/production.py': [['mail_timeout_seconds', 'mail.timeoutSeconds']],
};
