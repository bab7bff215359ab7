#!/usr/bin/env node
import { runWithoutYo } from './runWithoutYo.ts';

// Who reads may leave early, as `head` does: no reason to stop in the middle of writing.
process.stdout.on('error', () => {});
process.exitCode = await runWithoutYo(process.argv.slice(2));
