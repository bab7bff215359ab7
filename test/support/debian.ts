import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOk } from './run.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Whether packages of another Debian release can be fetched and verified here. */
export function isDebian(): boolean {
  return existsSync(keyring) && /^ID=debian$/mu.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Where this machine's apt gets Debian from: a mirror has every release. */
export async function mirror(): Promise<string> {
  const [, codename] = /^VERSION_CODENAME=(\w+)$/mu.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  const { stdout } = await runOk('apt-get', ['indextargets', '--format', '$(CODENAME) $(REPO_URI)']);
  const line = stdout.split('\n').find((text) => text.startsWith(`${codename} `));
  if (line === undefined) {
    throw new Error(`apt knows no mirror of Debian ${codename}`);
  }
  return line.slice(`${codename} `.length);
}

/**
 * Fetches packages of a Debian release and unpacks them: nothing is installed, no service starts, root is not needed.
 *
 * @param release its name, such as `trixie`
 * @param packages all that are wanted: what they depend on does not come by itself
 * @param folder will hold their usr; it appears when it is complete, and must not be there yet
 */
export async function unpackPackages(release: string, packages: readonly string[], folder: string): Promise<void> {
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  const debs = path.join(work, 'debs');
  for (const name of ['debs', 'apt/lists/partial', 'apt/cache/archives/partial']) {
    mkdirSync(path.join(work, name), { recursive: true });
  }
  const sources = path.join(work, 'apt', 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${await mirror()} ${release} main\n`);
  // Its own lists and an empty status: the machine's packages and sources stay as they are.
  const options = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path.join(work, 'apt', 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': path.join(work, 'apt', 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const apt = ['--quiet', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  await runOk('apt-get', [...apt, 'update']);
  await runOk('apt-get', [...apt, 'download', ...packages], { cwd: debs });
  const root = path.join(work, 'root');
  for (const deb of readdirSync(debs)) {
    await runOk('dpkg', ['-x', path.join(debs, deb), root]);
  }
  renameSync(root, folder);
  rmSync(work, { recursive: true });
}
