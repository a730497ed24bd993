import { describe, expect, it } from 'vitest';
import { isCidr, isIpAddress, placeOf, planProblems } from './plan-checks.ts';
import { usualPlan, zoneInput } from './zone-plan.ts';

describe('addresses', () => {
  it.each(['10.1.0.1', '255.255.255.255', '0.0.0.0'])('takes %s', (text) =>
    expect(isIpAddress(text)).toBe(true),
  );
  it.each(['10.1.0', '256.1.1.1', '10.1.0.1.1', '10.1.0.1/8', 'a.b.c.d', ''])('refuses %j', (text) =>
    expect(isIpAddress(text)).toBe(false),
  );
  it.each(['10.0.0.0/8', '10.1.2.0/24', '0.0.0.0/0', '10.1.2.3/32'])('takes %s', (text) =>
    expect(isCidr(text)).toBe(true),
  );
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/8/8', '/8'])('refuses %j', (text) =>
    expect(isCidr(text)).toBe(false),
  );
});

describe('the plan of a zone', () => {
  const steps = ['zone', 'network', 'pod', 'storage', 'review'] as const;

  it('is right as it is offered, but for the hosts', () => {
    for (const step of steps) expect(planProblems(usualPlan(), step)).toEqual({});
    expect(planProblems(usualPlan(), 'hosts')).toEqual({ agentIds: 'hosts' });
  });

  it('names the rule that a field breaks', () => {
    const plan = {
      ...usualPlan(),
      name: ' ',
      dns1: '10.1',
      podCidr: '10.0.0.0',
      primaryPath: 'var',
      cpuOvercommit: '0',
    };
    expect(planProblems(plan, 'zone')).toEqual({ name: 'required', dns1: 'ip' });
    expect(planProblems(plan, 'pod')).toEqual({ podCidr: 'cidr' });
    expect(planProblems(plan, 'storage')).toEqual({ primaryPath: 'path' });
    expect(planProblems(plan, 'hosts')).toEqual({ cpuOvercommit: 'overcommit', agentIds: 'hosts' });
  });

  it('becomes the input of createZone, without what was left empty', () => {
    const input = zoneInput({ ...usualPlan(), agentIds: ['agent_1'] });
    expect(input.hosts).toEqual([{ agentId: 'agent_1' }]);
    expect(input.dns2).toBeNull();
    expect(input.physicalNetworks[0]?.traffic.map(({ type }) => type)).toEqual(['GUEST', 'MANAGEMENT']);
  });

  it('finds the field that the server speaks of', () => {
    expect(placeOf('input.pod.gateway')).toEqual({ field: 'podGateway', step: 'pod' });
    expect(placeOf('input.hosts.0.agentId')).toEqual({ field: 'agentIds', step: 'hosts' });
    expect(placeOf('input.unheardOf')).toBeUndefined();
  });
});
