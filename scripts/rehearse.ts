/**
 * A new user's walk, from the generator to a rollback, a restore, and down and up again, on the AWS stand-in: npm run rehearse
 * Shows it, and writes docs/rehearsal.md.
 */
import { writeFileSync } from 'node:fs';
import { installTools } from '../test/support/install-tools.ts';
import { rehearse } from '../test/support/aws/rehearsal.ts';
import type { Step } from '../test/support/aws/rehearsal.ts';
import { describeRehearsal, tidy } from '../test/support/aws/describeRehearsal.ts';

const found = await installTools();
const [moto, postgres, openssl, awscli] = ['moto', 'postgres', 'openssl', 'awscli'].map((name) => {
  const tool = found[name];
  if (tool === undefined || 'missing' in tool) {
    throw new Error(`The rehearsal needs ${name}: ${tool?.missing ?? 'it was not looked for'}`);
  }
  return tool.path;
}) as [string, string, string, string];

const steps: Step[] = [];
await rehearse({ moto, postgres, openssl, awscli }, (step) => {
  steps.push(step);
  const commands = step.commands.map((command) => `$ ${command}\n`).join('');
  process.stdout.write(`\n== ${step.title}\n${commands}${tidy(step.output)}[exit ${step.code}]\n`);
});
writeFileSync(new URL('../docs/rehearsal.md', import.meta.url), describeRehearsal(steps));
process.exit();
