import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { run } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { makeAuthority, makeCertificate } from '../support/servers/certificates.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { venvFor } from '../support/venvs.ts';

const sha = 'a'.repeat(40);
const domain = 'example.com';

/** Asks a load balancer at an address, as a release does at its end. */
const script = `
import dataclasses
import pathlib
import sys

from django_fargate.release import smoke
from django_fargate.release.configuration import Configuration
from django_fargate.release.facts import NOBODY_SAYS, Facts
from django_fargate.release.outcomes import Failed

configuration = Configuration.read(pathlib.Path.cwd())
assert configuration.domain == "${domain}"
configuration = dataclasses.replace(configuration, poll_seconds=0.05, smoke_seconds=1)
try:
    smoke.ask(configuration, Facts({"LoadBalancerDnsName": sys.argv[1]}, NOBODY_SAYS), "${sha}")
except Failed as failure:
    sys.exit(f"failed: {failure}")
`;

describe('the question to the new release, over TLS', function () {
  this.timeout(120_000);
  let repository: string;
  let python: string;
  let folder: string;
  let openssl: string;
  let authority: string;
  const servers: Server[] = [];

  before(async function () {
    openssl = need(this, 'openssl');
    const example = emittedCases.find(({ flags }) => flags.includes(domain));
    assert.ok(example !== undefined);
    repository = await repositoryOf(example);
    python = await venvFor(repository, await needPython(this, example.pythonMinimum, example.python));
    folder = serverFolder('tls');
    authority = await makeAuthority(openssl, folder, 'authority');
  });

  after(() => servers.forEach((server) => server.close()));

  it("takes the load balancer's address and the domain's certificate", async () => {
    const hosts: (string | undefined)[] = [];
    const { code, output } = await ask(await listen(domain, hosts));
    assert.equal(code, 0, output);
    assert.deepEqual(hosts, [domain, domain, domain]);
  });

  it('refuses the certificate of another name', async () => {
    const { code, output } = await ask(await listen('other.example.org'));
    assert.equal(code, 1);
    assert.match(output, /no answer: hostname 'example\.com' doesn't match 'other\.example\.org'/u);
  });

  it('refuses a certificate that nobody known has signed', async () => {
    await makeAuthority(openssl, folder, 'strange');
    const { code, output } = await ask(await listen(domain, [], 'strange'));
    assert.equal(code, 1);
    assert.match(output, /no answer: .*certificate verify failed/u);
  });

  /** A load balancer whose certificate is for one name; returns where it listens. */
  async function listen(name: string, hosts: (string | undefined)[] = [], signer = 'authority'): Promise<string> {
    const file = `${signer}-${name}`;
    const { certificate, key } = await makeCertificate(openssl, folder, signer, file, [`DNS:${name}`]);
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
      hosts.push(request.headers.host);
      response.end(JSON.stringify({ status: 'ok', git_sha: sha }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function ask(address: string): Promise<Outcome> {
    const env = { PATH: process.env['PATH'], SSL_CERT_FILE: authority, PYTHONDONTWRITEBYTECODE: '1' };
    return run(python, ['-c', script, address], { cwd: repository, env });
  }
});
