import { describe, expect, it } from 'vitest';
import { noChoices } from './advanced-choices.ts';
import { deployInput, deployProblems, type DeployChoices } from './deploy-form.ts';

const choices = (overrides: Partial<DeployChoices> = {}): DeployChoices => ({
  zoneId: 'zone_1',
  ownerId: null,
  source: 'template',
  imageId: 'tpl_1',
  serviceOfferingId: 'so_1',
  offering: undefined,
  size: { cpus: '', memoryMib: '' },
  name: 'web-1',
  count: '1',
  dataDisks: [],
  diskOfferingId: '',
  diskGib: '',
  hasFreeDiskSize: false,
  advanced: noChoices(),
  ...overrides,
});

describe('deployProblems', () => {
  it('is satisfied with three choices', () => {
    expect(deployProblems(choices())).toEqual([]);
  });

  it('names everything that is missing', () => {
    expect(deployProblems(choices({ imageId: '', serviceOfferingId: '', name: '' }))).toEqual([
      'source',
      'offering',
      'name',
    ]);
  });

  it.each(['Web', '1web', 'web_1', 'web-', 'a'.repeat(64), 'web 1', '<b>'])('refuses the name %s', (name) => {
    expect(deployProblems(choices({ name }))).toEqual(['name']);
  });

  it('wants a disk to install on', () => {
    const iso = choices({ source: 'iso', imageId: 'iso_1' });
    expect(deployProblems(iso)).toEqual(['disk']);
    expect(deployProblems({ ...iso, diskOfferingId: 'do_1' })).toEqual([]);
  });

  it.each(['', '0', '1.5', '-3', 'x'])('refuses %j as a size', (diskGib) => {
    const iso = choices({
      source: 'iso',
      imageId: 'iso_1',
      diskOfferingId: 'do_1',
      hasFreeDiskSize: true,
      diskGib,
    });
    expect(deployProblems(iso)).toEqual(['disk']);
  });
});

describe('deployInput', () => {
  it('has the size that was typed, where the offering leaves it open', () => {
    const offering = { cpuCount: 1, maxCpuCount: 4, memory: 1024 ** 3, maxMemory: 8 * 1024 ** 3 };
    const free = choices({ offering, size: { cpus: '2', memoryMib: '' } });
    expect(deployInput(free)).toMatchObject({ cpuCount: 2 });
    expect(deployInput(free)).not.toHaveProperty('memory');
    expect(deployProblems({ ...free, size: { cpus: '5', memoryMib: '' } })).toEqual(['offering']);
  });

  it('asks for several, with data disks', () => {
    const several = choices({
      count: '3',
      dataDisks: [
        { diskOfferingId: 'do_1', gib: '', hasFreeSize: false },
        { diskOfferingId: 'do_2', gib: '5', hasFreeSize: true },
      ],
    });
    expect(deployProblems(several)).toEqual([]);
    expect(deployInput(several)).toMatchObject({
      count: 3,
      dataDisks: [{ diskOfferingId: 'do_1' }, { diskOfferingId: 'do_2', size: 5_368_709_120 }],
    });
    const wrong = choices({ count: '51', dataDisks: [{ diskOfferingId: '', gib: '', hasFreeSize: false }] });
    expect(deployProblems(wrong)).toEqual(['count', 'dataDisk']);
  });

  it('says nothing of disks when the template has one', () => {
    expect(deployInput(choices({ diskOfferingId: 'do_1' }))).toEqual({
      zoneId: 'zone_1',
      name: 'web-1',
      serviceOfferingId: 'so_1',
      templateId: 'tpl_1',
    });
  });

  it('names the account of the project that is to own it', () => {
    expect(deployInput(choices({ ownerId: 'acct_1' }))).toMatchObject({ accountId: 'acct_1' });
  });

  it('gives the size of a disk in bytes', () => {
    const iso = choices({
      source: 'iso',
      imageId: 'iso_1',
      diskOfferingId: 'do_1',
      hasFreeDiskSize: true,
      diskGib: '2',
    });
    expect(deployInput(iso)).toMatchObject({
      isoId: 'iso_1',
      diskOfferingId: 'do_1',
      diskSize: 2_147_483_648,
    });
  });
});
