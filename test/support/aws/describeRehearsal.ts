import type { Step } from './rehearsal.ts';

/** The page docs/rehearsal.md. */
export function describeRehearsal(steps: readonly Step[]): string {
  const parts = steps.map(({ title, commands, output, code }) => {
    const typed = commands.map((command) => `$ ${tidy(command).trimEnd()}`);
    const printed = tidy(output).trimEnd();
    const end = code === 0 ? [] : [`[exit ${code}]`];
    return [`## ${title}`, '', '```console', ...typed, ...(printed === '' ? [] : [printed]), ...end, '```', ''];
  });
  return [
    '# A rehearsal',
    '',
    'Written by `npm run rehearse`: a new user takes what `yo django-fargate` emits to AWS and back. The account is the',
    'stand-in of the tests, with the stacks and the release program as they are emitted. PostgreSQL is real, and so is what',
    'the tasks run: dbinit, the migrations, and gunicorn behind the load balancer. [What that proves and what',
    'not](proving.md). Repeated lines are left out; a failed `make` ends with 2, whatever failed in it.',
    '',
    ...parts.flat(),
  ].join('\n');
}

/** Output without what differs from run to run or repeats itself: times, ids, ports, the many resources of a stack. */
export function tidy(output: string): string {
  const lines = output
    .replaceAll(/^\d\d:\d\d:\d\d /gmu, '')
    .replaceAll(/\d\d \d\d:\d\d:\d\d (?=\(service)/gu, '')
    .replaceAll(/\b([0-9a-f]{6})[0-9a-f]{26}\b/gu, '$1')
    .replaceAll(/\b([0-9a-f]{12})[0-9a-f]{28}\b/gu, '$1')
    .replaceAll(/127\.0\.0\.1:\d+/gu, 'shop.elb.amazonaws.com')
    // Where in the libraries an error came from.
    .replaceAll(/(?<=Traceback \(most recent call last\):\n)(?: {5,}.*\n)+/gu, '      ...\n')
    .replace(/(?<!\n)$/u, '\n')
    .split('\n');
  const kept: string[] = [];
  let dropped = 0;
  for (const line of lines) {
    const isResource = / {4}CREATE_COMPLETE (?!shop-)/u.test(line);
    dropped = isResource ? dropped + 1 : dropped;
    if (!isResource && dropped > 0) {
      kept.push(`    ${dropped} resources CREATE_COMPLETE`);
      dropped = 0;
    }
    if (!isResource && !/^ {4}\[|^Virtual environment in/u.test(line)) {
      kept.push(line);
    }
  }
  return kept.join('\n');
}
