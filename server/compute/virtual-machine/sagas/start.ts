import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import { decodeSpec, type MachineSpecText } from '../machine-spec.ts';
import { unlessSeenSince, type SeenPower } from '../power-watch.ts';
import { withPassword } from '../seed/guest-password.ts';
import { move } from '../store.ts';
import { appendMachineUsage } from '../usage.ts';
import type { MachineSagaDeps } from './deploy.ts';

const startInput = z.object({
  machineId: idField('VirtualMachine'),
  hostId: idField('Host'),
  agentId: idField('Agent'),
  cpuMhz: z.number(),
  memoryBytes: z.string(),
  /** Agent of the host where it ran last, when that is another one: its definition there is removed first. */
  lastAgentId: idField('Agent').nullable(),
  spec: z.custom<MachineSpecText>((value) => typeof value === 'object'),
});

type StartInput = z.output<typeof startInput>;
type StartOutputs = { reserve: undefined; leaveLastHost: undefined; start: SeenPower | null };

/** Starts a stopped machine on the host that was reserved with the request. */
export function startSaga({ db, agents, clock, sealing, settings, power }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<StartInput, StartOutputs>({
    kind: 'virtualMachine.start',
    input: startInput,
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          const { hostId, cpuMhz, memoryBytes } = input;
          await releaseHost(tx, hostId, { cpuMhz, memoryBytes: BigInt(memoryBytes) });
        },
      },
      {
        name: 'leaveLastHost',
        act: async (run) => {
          const { lastAgentId, machineId } = run.input;
          if (lastAgentId !== null)
            await agents.execute(run, lastAgentId, 'machine.remove', { machineId }, wait());
        },
      },
      {
        name: 'start',
        act: async (run) => {
          const machine = await withPassword(db, sealing, decodeSpec(run.input.spec));
          const { agentId, machineId } = run.input;
          return power.during(agentId, machineId, () =>
            agents.execute(run, agentId, 'machine.start', { machine }, wait()),
          );
        },
        record: async (tx, { input, jobId }, seen) => {
          const at = clock.now();
          const machine = await move(tx, input.machineId, 'started', {
            sealedPassword: null,
            ...unlessSeenSince(seen),
          });
          await appendMachineUsage(tx, 'VM_START', machine, at, { id: jobId, part: 'start' });
        },
        undo: async (run) => {
          const { machineId, agentId } = run.input;
          await agents.execute(run, agentId, 'machine.remove', { machineId }, wait());
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      await move(tx, input.machineId, 'startFailed', {
        hostId: null,
        desiredPower: 'OFF',
        observedPower: 'OFF',
      });
    },
  });
}
