import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { agentBundle } from '../agent-bundle.ts';
import { buildFolder, currentBuild, removeOldBuilds, runBuild, sendProgram } from '../agent-program.ts';
import { demandFit, examineHost } from '../examine-host.ts';
import {
  bridgesOf,
  cleanUp,
  connect,
  lastHello,
  onHost,
  sshAddress,
  summaryOf,
  untilHello,
  type InstallingDeps,
} from '../installing.ts';
import { rememberAccess } from './remember-access.ts';

const upgradeInput = z.object({
  hostId: idField('Host'),
  agentId: idField('Agent'),
  zoneId: idField('Zone'),
  ssh: sshAddress,
});

type Outputs = {
  connect: { hostKey: string };
  check: { previous: string };
  install: { build: string };
  restart: { helloBefore: string | null };
  report: undefined;
};

/** Gives a host the agent of this server's version. The agent is away for a moment; machines run on. */
export function upgradeHostAgentSaga(deps: InstallingDeps) {
  const { access, addresses } = deps;
  return defineSaga<z.output<typeof upgradeInput>, Outputs>({
    kind: 'host.upgradeAgent',
    input: upgradeInput,
    steps: [
      {
        name: 'connect',
        act: (run) => connect(deps, run),
      },
      {
        name: 'check',
        act: async (run) => {
          const { hostId, agentId, zoneId, ssh } = run.input;
          const bridges = await bridgesOf(deps.platform.db, zoneId);
          const { hostKey } = run.output('connect');
          const [found, previous] = await onHost(deps, run.input, hostKey, run.signal, async (session) => [
            await examineHost(session, addresses, { bridges, agentId, mustBeInstalled: true }),
            await currentBuild(session),
          ]);
          await access.tell(hostId, found.checks);
          demandFit(ssh.address, found.checks);
          run.progress(100, summaryOf(found.checks));
          return { previous };
        },
      },
      {
        name: 'install',
        act: async (run) => {
          const bundle = await agentBundle();
          await onHost(deps, run.input, run.output('connect').hostKey, run.signal, (session) =>
            sendProgram(session, bundle, run.progress),
          );
          run.progress(100, `agent ${bundle.id}, Node ${bundle.node.version}`);
          return { build: buildFolder(bundle) };
        },
        // What runs is what ran: the other builds are what was sent.
        undo: (run) => cleanUp(deps, run, run.output('connect').hostKey, removeOldBuilds),
      },
      {
        name: 'restart',
        act: async (run) => {
          const helloBefore = await lastHello(deps, run.input.agentId);
          await onHost(deps, run.input, run.output('connect').hostKey, run.signal, (session) =>
            runBuild(session, run.output('install').build),
          );
          return { helloBefore };
        },
        undo: (run) =>
          cleanUp(deps, run, run.output('connect').hostKey, (session) =>
            runBuild(session, run.output('check').previous),
          ),
      },
      {
        name: 'report',
        act: async (run) => {
          const { agentId } = run.input;
          const { helloBefore } = run.output('restart');
          await onHost(deps, run.input, run.output('connect').hostKey, run.signal, async (session) => {
            await untilHello(deps, agentId, helloBefore, session, run.signal);
            await removeOldBuilds(session);
          });
          return undefined;
        },
        record: async (tx, run) => {
          const { hostId, ssh } = run.input;
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
