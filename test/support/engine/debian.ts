import { existsSync, readFileSync } from 'node:fs';
import { runOk } from '../run.ts';

export const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

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
