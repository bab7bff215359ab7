// Started by test/system/servers.test.ts, which kills it: starts one server of each kind, freezes the database, prints
// the ids of all their processes, and waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { Proxy } from './haproxy.ts';
import { Postgres } from './postgres.ts';
import { Service, taskEnvironment } from './service.ts';

const [postgres = '', openssl = '', haproxy = '', repository = '', python = ''] = process.argv.slice(2);
const database = await Postgres.create({ postgres, openssl, maxConnections: 20 });
const proxy = await Proxy.start({ haproxy, idleTimeoutSeconds: 5 });
const service = await Service.start({ repository, python, environment: taskEnvironment(repository, 'web', database) });
await database.freeze();
const pids = [...database.processes(), proxy.pid, service.server.pid, ...service.workers()];
process.stdout.write(`holding ${JSON.stringify(pids)}\n`);
await sleep(60_000);
