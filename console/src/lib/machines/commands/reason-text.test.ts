import { expect, it } from 'vitest';
import { snapshotStateLooks } from '../snapshots/snapshot-state.ts';
import { reasonText } from './reason-text.ts';

it.each([
  ['it is RUNNING, and must be STOPPED', 'It is Running, and must be Stopped'],
  [
    'it is ERROR, and must be RUNNING or STOPPED or SUSPENDED',
    'It is Error, and must be Running, Stopped, or Suspended',
  ],
  ['your role does not allow virtualMachine.start', 'Your role does not allow this'],
  ['it is STOPPED', 'It is Stopped'],
  ['it is a SIMULATOR', 'It is SIMULATOR'],
  ['there is no disc in its drive', 'There is no disc in its drive'],
  ['something else', 'something else'],
])('%s', (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});

it('names the states of a snapshot, and those of its machine', () => {
  expect(reasonText('it is CREATING, and must be READY', snapshotStateLooks)).toBe(
    'It is Being taken, and must be Ready',
  );
  expect(
    reasonText(
      'its machine is RUNNING, and must be STOPPED: the snapshot is without memory',
      snapshotStateLooks,
    ),
  ).toBe('Its machine is Running, and must be Stopped');
});
