import { cpus, release, totalmem } from 'node:os';
import { run, runOk } from '../test/support/run.ts';

/** What the figures were measured on. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly software: string;
}

export async function describeMachine(python: string, postgres: string): Promise<Machine> {
  const modules = ['django', 'gunicorn', 'psycopg'];
  const code = `import platform, importlib.metadata as m; print("Python", platform.python_version(), *[f", {n} {m.version(n)}" for n in ${JSON.stringify(modules)}], sep=" ")`;
  const { stdout } = await runOk(python, ['-c', code]);
  const { stdout: server } = await run(postgres, ['--version']);
  const version = /\d+(?:\.\d+)*/u.exec(server)?.[0] ?? '';
  const all = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release().split('-')[0]}`,
    software: `${stdout.trim().replaceAll(' , ', ', ')}, PostgreSQL ${version}, Node.js ${process.versions.node}`,
  };
}
