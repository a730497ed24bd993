import { expect } from 'vitest';
import type { Exception } from '../support/machine-actions/describe-machine-actions.ts';
import type { Stage } from '../support/machine-actions/stage.ts';
import { followJob } from '../support/jobs.ts';
import { change, deploy } from '../support/machines.ts';

/** A machine that starts by UEFI from a disk that does not: it runs, and no guest does in it. */
async function withGuestlessMachine(
  stage: Stage,
  work: (id: string) => Promise<{ error: { message: string } | null }>,
): Promise<string> {
  const { admin } = stage.server;
  const { machine } = await deploy(admin, { ...stage.machine('guestless'), bootMode: 'UEFI' });
  const { id } = machine;
  expect(await stage.see(id)).toMatchObject({ power: 'ON', bootMode: 'UEFI' });
  const { error } = await work(id);
  await change(admin, 'destroyVirtualMachine', { id });
  await change(admin, 'expungeVirtualMachine', { id });
  await stage.expectBalancedBooks();
  return error?.message ?? '';
}

/**
 * What libvirt does not do of what the API offers, each with the error that it gives. The list is reviewed: every
 * line is provoked by test/hypervisor/machine-actions, so that it goes when libvirt has learned it.
 */
export const libvirtExceptions: readonly Exception[] = [
  {
    action: 'RESET_PASSWORD',
    reason:
      'a guest in which no guest agent listens cannot be told; one that is off learns it when it starts',
    error: 'QEMU guest agent is not connected',
    provoke: (stage) =>
      withGuestlessMachine(stage, async (id) => {
        const { admin } = stage.server;
        const { answer } = await admin.ask<{ answer: { job: { id: string } } }>(
          `mutation ($input: ResetVirtualMachinePasswordInput!) {
            answer: resetVirtualMachinePassword(input: $input) { job { id } } }`,
          { input: { id } },
        );
        return followJob(admin, answer.job.id);
      }),
  },
];
