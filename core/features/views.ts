import type { Answers } from '../answers/types.ts';
import type { Plan } from '../plan/types.ts';
import { nodeMajor } from '../facts/node.ts';
import { viewCelery } from './celery/view.ts';
import { viewMail } from './mail/view.ts';
import { viewMedia } from './media/view.ts';
import { viewPgbouncer } from './pgbouncer/view.ts';

/** What the templates see of the capabilities: spelled out, so that the compiler knows every name. */
export function viewFeatures(answers: Answers, plan: Plan) {
  return {
    ...viewCelery(answers, plan),
    ...viewMail(answers),
    ...viewPgbouncer(answers, plan),
    ...viewMedia(answers),
    errors: answers.errors,
    staticFiles: answers.static,
    assets: answers.assets,
    nodeMajor,
    user: answers.user,
  };
}
