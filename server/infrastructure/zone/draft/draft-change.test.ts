import type { ZoneDraftHost } from '@nephos/model/shapes/zone-draft.ts';
import { describe, expect, it } from 'vitest';
import { changedDraft, checkSize, type DraftChange } from './draft-change.ts';
import { usualPlan } from './usual-plan.ts';

const host = (key: string): ZoneDraftHost => ({ key, name: '', agentId: null, ssh: sshOf('10.0.0.7') });
const sshOf = (address: string) => ({ address, port: '22', username: 'root', hostKeyFingerprint: '' });
const plan = { ...usualPlan('zone'), hosts: [host('made'), host('other')] };
const otherPod = { ...plan.pod, name: 'other' };

const change = (done: string[], given: DraftChange) =>
  changedDraft({ plan, checks: {}, done }, {}, new Set(['made']), given);

describe('a draft', () => {
  it('takes parts whole, and leaves the others', () =>
    expect(change([], { pod: otherPod }).plan).toEqual({ ...plan, pod: otherPod }));

  it.each<[string, string[], DraftChange]>([
    ['a pod that is there', ['createPod'], { pod: otherPod }],
    ['a zone that is there', ['createZone'], { zone: { ...plan.zone, dns1: '10.9.9.9' } }],
    ['a host that is there', [], { hosts: [{ ...host('made'), name: 'new name' }] }],
    ['hosts that the storage is attached to', ['attachPrimaryStorage'], { hosts: [host('made')] }],
  ])('refuses to change %s', (_, done, given) =>
    expect(() => change(done, given)).toThrow(/was made already/),
  );

  it('may be given again what is there as it is', () =>
    expect(change(['createPod'], { pod: { ...plan.pod } }).plan).toEqual(plan));

  it('lets hosts go that are not there yet', () =>
    expect(change([], { hosts: [host('made')] }).plan.hosts).toEqual([host('made')]));

  it('refuses a host that is neither an agent nor a machine', () =>
    expect(() => change([], { hosts: [host('made'), { ...host('x'), ssh: null }] })).toThrow(/not both/));
});

describe('what is too much to keep', () => {
  it.each<[RegExp, DraftChange]>([
    [/input\.hosts\.0\.key/, { hosts: [host('a b')] }],
    [/input\.hosts\.0\.key.*named twice|input\.hosts\.1\.key/, { hosts: [host('a'), host('a')] }],
    [/input\.hosts .*at most 64/, { hosts: Array.from({ length: 65 }, (_, index) => host(`h${index}`)) }],
    [/input\.pod\.name/, { pod: { ...plan.pod, name: 'x'.repeat(1025) } }],
  ])('is refused with its field: %s', (message, given) => expect(() => checkSize(given)).toThrow(message));

  it('does not repeat a secret', () => {
    const ssh = { ...sshOf('10.0.0.7'), password: 'p'.repeat(2000) };
    expect(() => checkSize({ hosts: [{ ...host('a'), ssh }] })).toThrow(/^(?!.*ppp)/);
  });
});
