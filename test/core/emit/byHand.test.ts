import assert from 'node:assert/strict';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import type { AnswerKey } from '../../../core/answers/types.ts';
import { files } from '../../../core/emit/files.ts';
import { render } from '../../../core/emit/render.ts';
import { createView } from '../../../core/emit/view.ts';
import { ciFeatures } from '../../../core/features/ci/ciFeatures.ts';
import { ciProviders } from '../../../core/features/ci/providers.ts';
import { solve } from '../../../core/plan/solve.ts';
import { readTemplates } from '../../../disk/package/readTemplates.ts';

const templates = await readTemplates();

/** A file of a repository that somebody else's infrastructure runs. */
function textOf(path: string, given: Readonly<Partial<Record<AnswerKey, unknown>>>): string {
  const door = new Map(Object.entries(given).map(([key, value]) => [key, { value, origin: key }]));
  const { answers } = resolveAnswers([door], { projectName: 'shop' });
  const row = files.find((file) => file.path === path && (file.when?.(answers) ?? true));
  const source = templates.get(row?.template ?? '') ?? assert.fail(path);
  return render(path, new TextDecoder().decode(source), createView(answers, solve(answers)), templates);
}

/** The runtime's modules by their names, and those that a module imports of the release program. */
const program = new Map(
  [...templates]
    .filter(([file]) => file.startsWith('runtime/django_fargate/release/'))
    .map(([file, bytes]) => [file.replace(/^.*\/|\.py$/gu, ''), new TextDecoder().decode(bytes)]),
);

function importsOf(module: string): readonly string[] {
  const text = program.get(module) ?? assert.fail(module);
  return [...text.matchAll(/^from \.(\w*) import (.+)$/gmu)].flatMap(([, from = '', names = '']) =>
    from === '' ? names.split(', ') : [from],
  );
}

/** What only the stacks lead to, the table of what may hold a name, and a shell, which is for people. */
const notOfPipelines = ['by_stacks', 'pgbouncer', 'static_files', 'holders', 'shell'];

/** The modules of some commands of a pipeline where somebody else makes the infrastructure. */
function modulesOf(...commands: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const left = [...commands];
  for (let module = left.pop(); module !== undefined; module = left.pop()) {
    if (found.has(module) || notOfPipelines.includes(module)) continue;
    found.add(module);
    left.push(...importsOf(module));
  }
  return [...found];
}

/** The actions that a person's or a pipeline's commands ask for with this broker; of what no stack says nobody is asked. */
function actionsOfModules(broker: string, ...commands: readonly string[]): readonly string[] {
  const brokers: Readonly<Record<string, string>> = { sqs: 'sqs', elasticache: 'redis' };
  return modulesOf(...commands)
    .flatMap((module) => callsIn(program.get(module) ?? ''))
    .filter((action) => {
      const [service = ''] = action.split(':');
      return service !== 'cloudformation' && (brokers[service] ?? broker) === broker;
    });
}

/** The actions that the boto3 calls of a program need, by the names of IAM. */
function callsIn(text: string): readonly string[] {
  const prefixes: Readonly<Record<string, string>> = { elbv2: 'elasticloadbalancing' };
  const operations: Readonly<Record<string, string>> = { DescribeDbInstances: 'DescribeDBInstances' };
  const services = 'cloudformation|ecr|ecs|elasticache|elbv2|iam|logs|rds|s3|secretsmanager|sqs|sts';
  const pattern = new RegExp(`\\b(${services})\\.(?:get_paginator\\("(\\w+)"|(\\w+)\\()`, 'gu');
  return [...text.matchAll(pattern)].map(([, service = '', paginator, method = '']) => {
    const words = (paginator ?? method).split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    const name = words.join('');
    return `${prefixes[service] ?? service}:${operations[name] ?? name}`;
  });
}

/** The actions of a role in the runbook's table: of its own rows, and of those for both. */
function actionsOf(runbook: string, role: string): ReadonlySet<string> {
  const found = new Set<string>();
  let current = '';
  for (const line of runbook.split('\n').filter((row) => row.startsWith('|'))) {
    const [, first = '', , actions = ''] = line.split('|').map((cell) => cell.trim());
    current = first === '' ? current : first.replaceAll('`', '');
    if (current === role || current === 'both') {
      for (const part of actions.split(';')) {
        const [start = '', ...names] = [...part.matchAll(/`([^`]+)`/gu)].map(([, text]) => text ?? '');
        const prefix = start.slice(0, start.indexOf(':') + 1);
        const all = start === prefix ? names.map((name) => `${prefix}${name}`) : [start, ...names];
        all.forEach((action) => found.add(action));
      }
    }
  }
  return found;
}

describe('the rights that the runbook lists for a pipeline without stacks of ours', () => {
  const choices = ciProviders
    .filter((ci) => ciFeatures[ci].hasPipeline)
    .flatMap((ci) => (['none', 'sqs', 'redis'] as const).map((broker) => ({ infrastructure: 'none', ci, broker })));
  /** What docker asks of the registry, by which layers are pushed. */
  const docker = ['BatchCheckLayerAvailability', 'CompleteLayerUpload', 'InitiateLayerUpload', 'PutImage'];
  const pushing = [...docker, 'UploadLayerPart', 'BatchGetImage', 'GetDownloadUrlForLayer', 'GetAuthorizationToken'];
  const logging = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  /** What CodeBuild itself asks for with a project's role. */
  const building = [...logging, 'codeconnections:GetConnection', 'codeconnections:GetConnectionToken'];

  for (const given of choices) {
    it(`are what its programs ask for, and no more: ${given.ci}, broker ${given.broker}`, () => {
      const runbook = textOf('deploy/README.md', given);
      const isCodeBuild = given.ci === 'codebuild';
      const push = pushing.map((name) => `ecr:${name}`);
      const build = isCodeBuild ? building : push;
      // Handed over with every definition; and who he is everybody may ask.
      const commands = ['release', 'rollback', 'status', 'verify', 'one_off'];
      const calls = [...actionsOfModules(given.broker, ...commands), 'iam:PassRole'];
      const release = calls.filter((action) => action !== 'sts:GetCallerIdentity');
      const wanted = [...release, ...(isCodeBuild ? [...building, ...push] : [])];
      assert.deepEqual([...actionsOf(runbook, 'shop-build')].toSorted(), build.toSorted());
      assert.deepEqual([...actionsOf(runbook, 'shop-release')].toSorted(), [...new Set(wanted)].toSorted());
      const pushes = callsIn(program.get('push') ?? '');
      assert.ok(pushes.length > 1 && pushes.every((action) => push.includes(action)), pushes.join(' '));
    });
  }
});
