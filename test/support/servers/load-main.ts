// Started by namespace.ts inside a network namespace: the loads come as JSON on standard input and run at the same
// time, their answers go to standard output.
import { text } from 'node:stream/consumers';
import { send } from './load.ts';
import type { Load } from './load.ts';

const loads = JSON.parse(await text(process.stdin)) as readonly Load[];
process.stdout.write(JSON.stringify(await Promise.all(loads.map(send))));
