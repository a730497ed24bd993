import { parseId } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../platform/actor.ts';
import type { JobRow } from '../platform/jobs/job-store.ts';
import type { Services } from '../services.ts';

/** Asks for a job again, by the mutation that it was made by: with its checks, and what is true now. */
type Retry = (services: Services, actor: Actor, job: JobRow) => Promise<{ jobId: string }>;

const machineOf = ({ targetId }: JobRow) => ({ id: parseId('VirtualMachine', targetId) });
const isForced = ({ input }: JobRow) => (input as { graceSeconds?: number }).graceSeconds === 0;
const snapshotOf = ({ input }: JobRow) => ({
  id: parseId('VirtualMachineSnapshot', (input as { snapshotId: string }).snapshotId),
});

/**
 * Kinds of jobs that can be asked for again: all that their mutation was told is in the job, and a failure left
 * everything as it was before.
 */
const retries: Record<string, Retry> = {
  'virtualMachine.start': ({ machines }, actor, job) => machines.start(actor, machineOf(job)),
  'virtualMachine.stop': ({ machines }, actor, job) =>
    machines.stop(actor, { ...machineOf(job), isForced: isForced(job) }),
  'virtualMachine.reboot': ({ machines }, actor, job) =>
    machines.reboot(actor, { ...machineOf(job), isForced: isForced(job) }),
  'virtualMachine.suspend': ({ machines }, actor, job) => machines.suspend(actor, machineOf(job)),
  'virtualMachine.resume': ({ machines }, actor, job) => machines.resume(actor, machineOf(job)),
  'virtualMachine.destroy': ({ machines }, actor, job) => machines.destroy(actor, machineOf(job)),
  'virtualMachine.expunge': ({ machines }, actor, job) => machines.expunge(actor, machineOf(job)),
  'virtualMachine.migrate': ({ migrations }, actor, job) => {
    const { target, isForced: mayBeForced } = job.input as { target: { hostId: string }; isForced: boolean };
    return migrations.migrate(actor, {
      ...machineOf(job),
      hostId: parseId('Host', target.hostId),
      isForced: mayBeForced,
    });
  },
  'virtualMachineSnapshot.revert': ({ reverts }, actor, job) => reverts.revert(actor, snapshotOf(job)),
  'virtualMachineSnapshot.delete': ({ snapshots }, actor, job) => snapshots.delete(actor, snapshotOf(job)),
};

/** Whether the same can be asked for again. */
export function isRetryable({ status, kind }: Pick<JobRow, 'status' | 'kind'>): boolean {
  return status === 'FAILED' && Object.hasOwn(retries, kind);
}

/** Asks for a job again. @returns `undefined` for kinds that cannot be */
export function retry(services: Services, actor: Actor, job: JobRow): Promise<{ jobId: string }> | undefined {
  return retries[job.kind]?.(services, actor, job);
}
