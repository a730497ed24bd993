import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { attachPools, detachPools, enterHost, joiningHost } from '../../host/join-cluster.ts';
import { agentBundle } from '../agent-bundle.ts';
import {
  buildFolder,
  claimMachine,
  removeToken,
  runBuild,
  sendProgram,
  sendSettings,
  stopAgent,
  uninstallAgent,
} from '../agent-program.ts';
import { demandFit, examineHost } from '../examine-host.ts';
import { freeHostName } from '../host-name.ts';
import {
  bridgesOf,
  cleanUp,
  connect,
  onHost,
  sshAddress,
  summaryOf,
  untilHello,
  type InstallingDeps,
} from '../installing.ts';
import { rememberAccess } from './remember-access.ts';

const installInput = joiningHost.extend({
  zoneId: idField('Zone'),
  /** The machine's own when null. */
  name: z.string().nullable(),
  ssh: sshAddress,
});

type Outputs = {
  connect: { hostKey: string };
  check: { serverUrl: string; libvirtSocket: string };
  install: { build: string };
  start: undefined;
  enrol: undefined;
  attachStorage: undefined;
  enable: undefined;
};

const tokenMinutes = 30;

/**
 * Makes a machine a host, over SSH, from nothing. The id of its agent is given from the start, and its token admits an
 * agent of that id alone: the agent that reports is the one that was installed.
 */
export function installHostSaga(deps: InstallingDeps) {
  const { platform, gateway, access, addresses } = deps;
  const agents = gateway.dispatcher;
  return defineSaga<z.output<typeof installInput>, Outputs>({
    kind: 'host.install',
    input: installInput,
    steps: [
      {
        name: 'connect',
        act: (run) => connect(deps, run),
      },
      {
        name: 'check',
        act: async (run) => {
          const { hostId, agentId, clusterId, zoneId, name, ssh } = run.input;
          const { hostKey } = run.output('connect');
          const bridges = await bridgesOf(platform.db, zoneId);
          const found = await onHost(deps, run.input, hostKey, run.signal, (session) =>
            examineHost(session, addresses, { bridges, agentId, mustBeInstalled: false }),
          );
          const checks = [
            ...found.checks,
            await freeHostName(platform.db, clusterId, name ?? found.hostname),
          ];
          await access.tell(hostId, checks);
          demandFit(ssh.address, checks);
          run.progress(100, summaryOf(checks));
          return { serverUrl: found.serverUrl, libvirtSocket: found.libvirtSocket };
        },
      },
      {
        name: 'install',
        act: async (run) => {
          const { agentId, name } = run.input;
          const { hostKey } = run.output('connect');
          const bundle = await agentBundle();
          await onHost(deps, run.input, hostKey, run.signal, async (session) => {
            await claimMachine(session, agentId);
            await sendProgram(session, bundle, run.progress);
            const { token } = await gateway.enrolment.createToken({
              kind: 'HOST',
              uses: 1,
              validMinutes: tokenMinutes,
              agentId,
            });
            await sendSettings(session, { ...run.output('check'), name }, token);
          });
          run.progress(100, `agent ${bundle.id}, Node ${bundle.node.version}`);
          return { build: buildFolder(bundle) };
        },
        undo: async (run) => {
          const { agentId } = run.input;
          await gateway.enrolment.revokeTokens(agentId);
          await cleanUp(deps, run, run.output('connect').hostKey, (session) =>
            uninstallAgent(session, agentId),
          );
        },
      },
      {
        name: 'start',
        act: async (run) => {
          await onHost(deps, run.input, run.output('connect').hostKey, run.signal, (session) =>
            runBuild(session, run.output('install').build),
          );
          return undefined;
        },
        undo: (run) => cleanUp(deps, run, run.output('connect').hostKey, stopAgent),
      },
      {
        name: 'enrol',
        act: async (run) => {
          const { agentId } = run.input;
          await onHost(deps, run.input, run.output('connect').hostKey, run.signal, async (session) => {
            await untilHello(deps, agentId, null, session, run.signal);
            await removeToken(session);
          });
          await gateway.enrolment.revokeTokens(agentId);
          return undefined;
        },
        undo: async (run) => {
          const { agentId } = run.input;
          await gateway.enrolment.revokeTokens(agentId);
          // It never was a host: its certificate is of nobody from now on.
          await platform.db.deleteFrom('Agent').where('id', '=', agentId).execute();
          await gateway.disconnect(agentId, 'the host was not added');
        },
      },
      {
        name: 'attachStorage',
        act: (run) => attachPools(agents, run),
        undo: (run) => detachPools(agents, run),
      },
      {
        name: 'enable',
        record: async (tx, run) => {
          const { hostId, ssh } = run.input;
          await enterHost(tx, run.input, platform.clock.now());
          await rememberAccess(tx, hostId, { ...ssh, hostKey: run.output('connect').hostKey });
        },
      },
    ],
    succeeded: async (tx, { input }) => {
      await access.forget(tx, input.hostId);
      return input.hostId;
    },
    failed: (tx, { input }) => access.forget(tx, input.hostId),
  });
}
