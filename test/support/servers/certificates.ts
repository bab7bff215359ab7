import path from 'node:path';
import { runOk } from '../run.ts';
import { asUnprivileged } from './process.ts';

const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'] as const;

/**
 * Makes a certificate authority.
 *
 * @param name of its two files in the folder: NAME.pem and NAME.key
 * @returns the path of its certificate
 */
export async function makeAuthority(openssl: string, folder: string, name: string): Promise<string> {
  const files = ['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.pem`)];
  const extensions = ['-addext', 'keyUsage=critical,keyCertSign'];
  await req(openssl, ['-x509', ...key, '-subj', `/CN=${name} of the tests`, ...extensions, ...files]);
  return path.join(folder, `${name}.pem`);
}

/**
 * Makes the certificate of a server, signed by an authority of the same folder.
 *
 * @param names as openssl writes them, such as `DNS:localhost` and `IP:127.0.0.1`
 */
export async function makeCertificate(
  openssl: string,
  folder: string,
  authority: string,
  name: string,
  names: readonly string[],
): Promise<{ readonly certificate: string; readonly key: string }> {
  const signer = path.join(folder, authority);
  const result = { certificate: path.join(folder, `${name}.pem`), key: path.join(folder, `${name}.key`) };
  const signed = ['-x509', '-CA', `${signer}.pem`, '-CAkey', `${signer}.key`, '-subj', `/CN=${name}`];
  const extensions = ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', `subjectAltName=${names.join(',')}`];
  await req(openssl, [...signed, ...key, ...extensions, '-keyout', result.key, '-out', result.certificate]);
  return result;
}

async function req(openssl: string, args: readonly string[]): Promise<void> {
  const [command = openssl, ...rest] = [...asUnprivileged(), openssl, 'req', ...args];
  await runOk(command, rest);
}
