import { setTimeout as sleep } from 'node:timers/promises';
import { startCloud, type Cloud } from './cloud.ts';
import { quantile, type Bench } from './figures.ts';
import { cpuOf, partsOf } from '../support/processes.ts';
import { MachineWatch } from './machine-watch.ts';

const clients = 8;
const hosts = 20;
const warmUps = 100;

/** Machines from request to RUNNING pushed, one at a time and under load. */
export const deploy: Bench = async ({ isQuick, say }) => {
  const idleDeploys = isQuick ? 20 : 60;
  const loadedDeploys = isQuick ? 300 : 1500;
  await using cloud = await startCloud(hosts);
  const watch = new MachineWatch(cloud.admin);
  watch.start();
  let made = 0;
  const one = () => watch.deploy({ ...cloud.machine, name: `bench-${++made}` });

  const load = async (count: number) => {
    const milliseconds: number[] = [];
    let left = count;
    const client = async () => {
      while (left-- > 0) milliseconds.push((await one()).milliseconds);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return milliseconds;
  };

  // The first ones compile code and open connections, each of which plans its statements.
  await load(warmUps);

  const before = await snapshot(cloud);
  const idle: number[] = [];
  for (let count = 0; count < idleDeploys; count++) {
    idle.push((await one()).milliseconds);
    await sleep(50);
  }
  say(`idle: ${Math.round(quantile(idle, 0.5))} ms from request to RUNNING`);

  const began = performance.now();
  const beforeLoad = await snapshot(cloud);
  const loaded = await load(loadedDeploys);
  const seconds = (performance.now() - began) / 1000;
  const after = await snapshot(cloud);
  say(`loaded: ${loadedDeploys} machines in ${seconds.toFixed(1)} s`);

  const per = (part: keyof typeof after) => (after[part] - beforeLoad[part]) / loadedDeploys;
  return {
    deploysPerSecond: { value: loadedDeploys / seconds, unit: '/s', goal: '>= 60' },
    cpuMsPerDeploy: { value: per('serverCpuMs'), unit: 'ms', goal: '<= 15' },
    sqlPerDeploy: { value: per('statements'), unit: 'statements', goal: '<= 40' },
    dbConnections: { value: after.connections, unit: 'connections', goal: '<= 50' },
    idleRequestToRunningMs: { value: quantile(idle, 0.5), unit: 'ms', goal: '<= 150' },
    loadedP50Ms: { value: quantile(loaded, 0.5), unit: 'ms' },
    loadedP95Ms: { value: quantile(loaded, 0.95), unit: 'ms' },
    postgresCpuMsPerDeploy: { value: per('postgresCpuMs'), unit: 'ms' },
    agentCpuMsPerDeploy: { value: per('agentCpuMs'), unit: 'ms' },
    idleSqlPerDeploy: {
      value: (beforeLoad.statements - before.statements) / idleDeploys,
      unit: 'statements',
    },
    deploys: { value: loadedDeploys, unit: 'machines' },
    clients: { value: clients, unit: 'clients' },
    hosts: { value: hosts, unit: 'simulated hosts' },
  };
};

async function snapshot({ product, metric }: Cloud) {
  const statements = await metric('nephos_sql_statements_total');
  const parts = partsOf(product.pid);
  return {
    statements,
    serverCpuMs: cpuOf(parts.server),
    agentCpuMs: cpuOf(parts.hostAgent),
    postgresCpuMs: cpuOf(parts.postgres),
    connections: parts.connections.length,
  };
}
