import { newId } from '@nephos/model/kernel/ids.ts';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import type { Actor } from '../platform/actor.ts';
import { AccessWatch } from './access-watch.ts';

const userId = newId('User');
const projectId = newId('Account');

const anActor = (rights: readonly string[], projects: Actor['projects'] = new Map()): Actor => ({
  ...{ userId, username: 'li', accountId: newId('Account'), accountName: 'li', domainId: newId('Domain') },
  ...{ lineage: [], roleId: newId('Role'), accountType: 'USER', rights: new Set(rights), projects },
  ...{
    mustChangePassword: false,
    mustEnrolSecondFactor: false,
    sessionId: newId('UserSession'),
    apiKeyId: null,
  },
  ...{ expiresAt: null, clientAddress: '127.0.0.1' },
});

const aWatch = () => new AccessWatch(pino({ level: 'silent' }));

test('what changes while credentials are looked at counts as well', async () => {
  const watch = aWatch();
  const since = watch.changes;
  const actor = anActor(['volume.list']);
  // The credentials were read; now they are taken away, and only then the stream is watched.
  watch.accessChanged({ userId });
  const end = vi.fn();
  watch.watch({ actor, recheck: () => Promise.resolve(null), end }, since);
  await vi.waitFor(() => expect(end).toHaveBeenCalledExactlyOnceWith('ended'));
});

test('where nothing changed, nothing is looked at', async () => {
  const watch = aWatch();
  const recheck = vi.fn(() => Promise.resolve(null));
  watch.watch({ actor: anActor([]), recheck, end: vi.fn() }, watch.changes);
  watch.accessChanged({ userId: newId('User') });
  await Promise.resolve();
  expect(recheck).not.toHaveBeenCalled();
});

test('of two looks the one that began later counts, whichever ends first', async () => {
  const watch = aWatch();
  const actor = anActor([]);
  const looks = [Promise.withResolvers<Actor>(), Promise.withResolvers<Actor>()];
  let next = 0;
  const end = vi.fn();
  watch.watch({ actor, recheck: () => looks[next++]!.promise, end }, watch.changes);
  watch.accessChanged({ userId });
  watch.accessChanged({ userId });
  looks[1]!.resolve({ ...actor, projects: new Map() });
  await looks[1]!.promise;
  looks[0]!.resolve({ ...actor, projects: new Map([[projectId, 'MEMBER' as const]]) });
  await looks[0]!.promise;
  await vi.waitFor(() => expect(actor.projects.size).toBe(0));
  expect(end).not.toHaveBeenCalled();
});
