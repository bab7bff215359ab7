import { planned } from './planned.ts';

/** What the run that is killed, and the one after it, write. */
export const killed = [
  planned('.django-fargate/baseline.json', '{}\n'),
  planned('manage.py', 'x\n', { executable: true }),
  planned('shop/settings/base.py', 'DEBUG = False\n'),
];

export const label = 'yo django-fargate:resize';
