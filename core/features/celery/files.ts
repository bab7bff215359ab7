import { isCloudFormation, ofFeature } from '../../emit/rows.ts';
import { sharedRelease, sharedSettings } from '../../emit/shared.ts';
import type { FileRow } from '../../emit/types.ts';
import type { Broker } from '../../facts/celery.ts';
import type { FeatureFiles } from '../feature.ts';

function own(template: string, more: Partial<FileRow> = {}): FileRow {
  return ofFeature('celery', template, more);
}

/** The brokers' stacks have nothing in common but the name. */
function brokerStack(kind: Broker): FileRow {
  return own(`deploy/cloudformation/broker-${kind}.yaml.ejs`, {
    path: 'deploy/cloudformation/broker.yaml',
    when: (answers) => isCloudFormation(answers) && answers.broker === kind,
  });
}

/** What the project gets, the task definitions, and the stack of the broker. */
export const celeryFiles: FeatureFiles = {
  // Each broker has its own.
  extras: ({ broker }) => (broker === 'none' ? [] : [broker]),
  rows: [
    own('.celery/.gitignore.ejs'),
    own('project/celery.py.ejs'),
    own('project/settings/celery.py.ejs'),
    own('project/background/__init__.py'),
    own('project/background/tasks.py', { policy: 'once' }),
    own('tests/test_celery.py.ejs'),
    own('deploy/ecs/worker.json.ejs'),
    own('deploy/ecs/beat.json.ejs', { when: ({ beat }) => beat }),
    brokerStack('sqs'),
    brokerStack('redis'),
  ],
  stack: {
    name: 'broker',
    kept: ({ broker }) => (broker === 'sqs' ? 'the two queues' : 'the secret and a last snapshot'),
    byHand: ({ broker }) => `the workers and the ${broker === 'sqs' ? 'queues' : 'cache'}`,
  },
  needs: ['requirements.in', ...sharedSettings, ...sharedRelease],
};
