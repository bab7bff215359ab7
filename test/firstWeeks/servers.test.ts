import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { need } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { makeAuthority, makeCertificate } from '../support/servers/certificates.ts';
import { serverFolder } from '../support/servers/folder.ts';
import { stopServers } from '../support/servers/process.ts';
import { S3 } from '../support/servers/s3.ts';
import { Silent } from '../support/servers/silent.ts';
import { Sink } from '../support/servers/sink.ts';
import { Smtp } from '../support/servers/smtp.ts';

const upload = `
import boto3
s3 = boto3.client("s3")
s3.put_object(Bucket="shop-media", Key="cats/one two.png", Body=b"picture")
print(s3.get_bucket_versioning(Bucket="shop-media")["Status"])
`;

const send = `
import smtplib, ssl, sys
port, password = int(sys.argv[1]), sys.argv[2]
with smtplib.SMTP("127.0.0.1", port, timeout=2) as smtp:
    if password:
        smtp.starttls(context=ssl.create_default_context())
        smtp.login("shop", password)
    smtp.sendmail("shop@example.com", ["a@example.com", "b@example.com"], "Subject: Hello\\n\\n.one\\ntwo\\n")
`;

describe('the servers in the place of others', function () {
  this.timeout(60_000);
  this.slow(5000);
  let python = '';

  before(function () {
    python = need(this, 'moto');
  });

  after(stopServers);

  const sendBy = (port: number, password = '', env: NodeJS.ProcessEnv = {}) =>
    run(python, ['-c', send, String(port), password], { env: { PATH: process.env['PATH'], ...env } });

  it('S3 keeps what boto3 writes', async () => {
    const s3 = await S3.start(python, 'shop-media');
    const { stdout } = await runOk(python, ['-c', upload], { env: { PATH: process.env['PATH'], ...s3.environment } });
    assert.equal(stdout.trim(), 'Enabled');
    assert.deepEqual(await s3.keys(), ['cats/one two.png']);
    assert.equal((await s3.read('cats/one two.png')).toString(), 'picture');
    await s3.server.stop('SIGTERM');
  });

  it('mail is recorded', async () => {
    const smtp = await Smtp.start();
    const { code, output } = await sendBy(smtp.port);
    assert.equal(code, 0, output);
    const to = ['a@example.com', 'b@example.com'];
    const text = 'Subject: Hello\n\n.one\ntwo';
    assert.deepEqual(smtp.mails, [{ from: 'shop@example.com', to, text, user: undefined, isEncrypted: false }]);
    await smtp.stop();
  });

  it('mail is taken only encrypted and with the right password, where asked for', async function () {
    const openssl = need(this, 'openssl');
    const folder = serverFolder('smtp');
    const authority = await makeAuthority(openssl, folder, 'authority');
    const own = await makeCertificate(openssl, folder, 'authority', 'server', ['IP:127.0.0.1']);
    const smtp = await Smtp.start({
      tls: { certificate: readFileSync(own.certificate, 'utf8'), key: readFileSync(own.key, 'utf8') },
      user: { name: 'shop', password: 'secret' },
    });
    const env = { SSL_CERT_FILE: authority };
    assert.match((await sendBy(smtp.port)).output, /530, b'STARTTLS first'/u);
    assert.match((await sendBy(smtp.port, 'secret')).output, /CERTIFICATE_VERIFY_FAILED/u);
    assert.match((await sendBy(smtp.port, 'wrong', env)).output, /535, b'wrong user or password'/u);
    assert.deepEqual(smtp.mails, []);
    const { code, output } = await sendBy(smtp.port, 'secret', env);
    assert.equal(code, 0, output);
    assert.deepEqual(
      smtp.mails.map(({ user, isEncrypted }) => ({ user, isEncrypted })),
      [{ user: 'shop', isEncrypted: true }],
    );
    await smtp.stop();
  });

  it('the silent one accepts and never answers', async () => {
    const silent = await Silent.start();
    const { code, output } = await sendBy(silent.port);
    assert.notEqual(code, 0);
    assert.match(output, /TimeoutError: timed out/u);
    assert.equal(silent.accepted, 1);
    await silent.stop();
  });

  it('the sink records requests', async () => {
    const sink = await Sink.start();
    const body = new Blob(['{"a": 1}']).stream().pipeThrough(new CompressionStream('gzip'));
    const response = await fetch(`${sink.url}/api/1/envelope/?x=1`, {
      method: 'POST',
      headers: { 'Content-Encoding': 'gzip' },
      body: await new Response(body).arrayBuffer(),
    });
    assert.deepEqual(await response.json(), {});
    assert.deepEqual(
      sink.requests.map(({ method, target, body: text }) => ({ method, target, text })),
      [{ method: 'POST', target: '/api/1/envelope/?x=1', text: '{"a": 1}' }],
    );
    await sink.stop();
  });
});
