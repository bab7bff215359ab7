/** The steps of a Dockerfile in BuildKit's plain log, such as `RUN pip install`, told apart by whether they ran. */
export function stepsOf(log: string): { readonly cached: readonly string[]; readonly executed: readonly string[] } {
  const names = new Map<string, string>();
  const cached: string[] = [];
  const executed: string[] = [];
  for (const line of log.split('\n')) {
    const [, number, rest] = /^#(\d+) (.*)$/u.exec(line) ?? [];
    if (number === undefined || rest === undefined) {
      continue;
    }
    // `#9 [build 4/7] RUN pip ...`: a stage's name and a count; `[internal]` steps have none.
    const [, name] = /^\[[^\]]+ \d+\/\d+\] (.*)$/u.exec(rest) ?? [];
    if (name !== undefined) {
      names.set(number, name);
    }
    const step = names.get(number);
    if (step !== undefined && rest === 'CACHED') {
      cached.push(step);
    }
    if (step !== undefined && rest.startsWith('DONE ') && !step.startsWith('FROM ')) {
      executed.push(step);
    }
  }
  return { cached, executed };
}
