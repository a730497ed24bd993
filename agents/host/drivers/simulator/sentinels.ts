/**
 * Names that make the simulator misbehave, so that a failure seen in a test can be repeated in a running product.
 * A machine's name counts for the machine, its root disk and its export.
 */
export const sentinels = {
  'fail-at-start': 'starting it fails',
  'fail-at-stop': 'stopping it fails',
  'fail-with-other-disk': 'starting it fails with other disks than it had when it ran last',
  'fail-at-scale': 'giving it more while it runs fails',
  'fail-at-nic': 'plugging a network card in, or out, while it runs fails',
  'fail-at-suspend': 'suspending it fails',
  'fail-at-resume': 'resuming it fails',
  'fail-at-migrate': 'moving it to another host fails half-way; it runs on where it was',
  'fail-at-snapshot': 'taking a snapshot of it fails',
  'fail-at-revert': 'going back to one of its snapshots fails',
  'lost-at-revert': 'going back to one of its snapshots fails when it is too late: it is off',
  'fail-at-delete-snapshot': 'deleting one of its snapshots fails',
  'fail-at-adopt': 'taking it over fails',
  'fail-at-release': 'letting go of it fails',
  'without-guest-agent': 'nothing in it listens to its host',
  'fail-at-volume': 'making its disk fails',
  'fail-at-export': 'making a template of it fails',
  'slow-at-start': 'starting it takes five seconds',
  'slow-at-migrate': 'moving it to another host takes ten seconds',
  'ignores-power-button': 'only pulling the plug stops it',
  'stops-by-itself': 'powers itself off a moment after it started',
} as const;

export type Sentinel = keyof typeof sentinels;

/** Whether a name asks for a misbehaviour: it is it, or begins with it and a dash. */
export function asksFor(sentinel: Sentinel, name: string): boolean {
  return name === sentinel || name.startsWith(`${sentinel}-`);
}
