import type { Row } from '@nephos/model/database.ts';
import type {
  BootMode as BootModes,
  PowerState as PowerStates,
  VirtualMachineState as VirtualMachineStates,
} from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { Job, jobField } from '../../activity/job-schema.ts';
import { builder, Node } from '../../graphql/builder.ts';
import type { RequestContext } from '../../graphql/context.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { unindexed } from '../../graphql/connection.ts';
import { addListField } from '../../graphql/list-field.ts';
import { demand } from '../../identity/access/guarded-loader.ts';
import { Account } from '../../identity/account/schema.ts';
import { Host } from '../../infrastructure/host/schema.ts';
import { Zone } from '../../infrastructure/zone/schema.ts';
import { Nic } from '../../network/nic/schema.ts';
import { nicsOf } from '../../network/nic/store.ts';
import { notFound } from '../../platform/errors.ts';
import { Iso, Template } from '../../storage/image/schema.ts';
import { Volume } from '../../storage/volume/schema.ts';
import { volumesOf } from '../../storage/volume/store.ts';
import { ServiceOffering } from '../service-offering/schema.ts';
import { chosenOfferings } from '../service-offering/store.ts';
import { availableActions, type AvailableAction, type MachineAction } from './available-actions.ts';
import { Label, LabelInput, labelsOf } from './labels-schema.ts';
import { ownersOf } from './owner-facts.ts';

export const VirtualMachineState = builder.enumType('VirtualMachineState', {
  description: 'What is going on with a machine.',
  values: {
    STOPPED: { description: 'Is off.' },
    STARTING: { description: 'Is being made or started.' },
    RUNNING: { description: 'Runs.' },
    SUSPENDED: { description: 'Stands still; its memory stays on its host.' },
    STOPPING: { description: 'Is being stopped.' },
    MIGRATING: { description: 'Is being moved to another host.' },
    DESTROYED: { description: 'Is in the recycle bin; it can be recovered until `expunge.delay` is over.' },
    EXPUNGING: { description: 'Is being removed for good.' },
    ERROR: { description: 'Could not be made; `stateReason` says why. It holds nothing.' },
    UNKNOWN: { description: 'Its host is silent: nobody knows whether it runs.' },
    RESTORING: { description: 'Is being brought back to an earlier state.' },
    RELEASING: { description: 'Is being let go of: it will be a foreign machine.' },
  } satisfies Record<keyof typeof VirtualMachineStates, { description: string }>,
});

/** What a host says of a machine’s power. */
export const PowerState = builder.enumType('PowerState', {
  description: 'What a host says of a machine’s power.',
  values: {
    ON: { description: 'It runs.' },
    OFF: { description: 'It is off.' },
    PAUSED: { description: 'It is paused.' },
    ABSENT: { description: 'The host has no such machine.' },
  } satisfies Record<keyof typeof PowerStates, { description: string }>,
});

/** How a machine starts. */
export const BootMode = builder.enumType('BootMode', {
  description: 'How a machine starts.',
  values: {
    BIOS: { description: 'By a BIOS.' },
    UEFI: { description: 'By UEFI, without Secure Boot. Its host must have the firmware.' },
  } satisfies Record<keyof typeof BootModes, { description: string }>,
});

const MachineActionEnum = builder.enumType('VirtualMachineAction', {
  description: 'What can be done to a machine.',
  values: {
    START: { description: 'startVirtualMachine' },
    STOP: { description: 'stopVirtualMachine' },
    SUSPEND: { description: 'suspendVirtualMachine' },
    RESUME: { description: 'resumeVirtualMachine' },
    REBOOT: { description: 'rebootVirtualMachine' },
    MIGRATE: { description: 'migrateVirtualMachine' },
    UPDATE_AFFINITY: { description: 'updateVirtualMachineAffinity' },
    ATTACH_ISO: { description: 'attachIso' },
    DETACH_ISO: { description: 'detachIso' },
    CREATE_TEMPLATE: { description: 'createTemplate' },
    CREATE_SNAPSHOT: { description: 'createVirtualMachineSnapshot' },
    OPEN_CONSOLE: { description: 'createConsoleAccess' },
    RESET_PASSWORD: { description: 'resetVirtualMachinePassword' },
    RESET_SSH_KEYS: { description: 'resetVirtualMachineSshKeys' },
    SCALE: { description: 'scaleVirtualMachine' },
    ATTACH_NIC: { description: 'attachNic' },
    DETACH_NIC: { description: 'detachNic' },
    UPDATE_NIC: { description: 'updateNic' },
    REINSTALL: { description: 'reinstallVirtualMachine' },
    ASSIGN: { description: 'assignVirtualMachine' },
    UPDATE: { description: 'updateVirtualMachine' },
    DESTROY: { description: 'destroyVirtualMachine' },
    RECOVER: { description: 'recoverVirtualMachine' },
    EXPUNGE: { description: 'expungeVirtualMachine' },
    UNMANAGE: { description: 'unmanageVirtualMachine' },
  } satisfies Record<MachineAction, { description: string }>,
});

const AvailableActionRef = builder.objectRef<AvailableAction>('AvailableVirtualMachineAction').implement({
  description: 'Whether you may do something to a machine now.',
  fields: (t) => ({
    action: t.field({ type: MachineActionEnum, description: 'What.', resolve: ({ action }) => action }),
    isAllowed: t.exposeBoolean('isAllowed', { description: 'Whether you may.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why not.' }),
  }),
});

async function actionsOf(
  machine: Row<'VirtualMachine'>,
  { actor, load }: RequestContext,
): Promise<AvailableAction[]> {
  return availableActions(actor, machine, await load.partsOf('machineOwners', machine.id, ownersOf(actor)));
}

/** A virtual machine. */
export const VirtualMachine = builder.objectRef<Row<'VirtualMachine'>>('VirtualMachine').implement({
  description: 'A tenant’s machine.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Its name, which is also its host name; unique among the account’s machines.',
    }),
    state: t.field({
      type: VirtualMachineState,
      description: 'What is going on with it.',
      resolve: ({ state }) => state,
    }),
    stateReason: t.exposeString('stateReason', { nullable: true, description: 'Why it is in ERROR.' }),
    observedPower: t.field({
      type: PowerState,
      nullable: true,
      description: 'What its host last said of its power; null when nobody knows.',
      resolve: ({ observedPower }) => observedPower,
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the server heard that.',
    }),
    cpuCount: t.exposeInt('cpuCount', { description: 'Virtual processors.' }),
    memory: t.expose('memoryBytes', { type: 'Bytes', description: 'Memory.' }),
    bootMode: t.field({ type: BootMode, description: 'How it starts.', resolve: ({ bootMode }) => bootMode }),
    isDeleteProtected: t.exposeBoolean('isDeleteProtected', {
      description: 'Whether it is refused to destroy it, until that is taken back.',
    }),
    group: t.exposeString('groupName', {
      nullable: true,
      description: 'Name of the group that its owner puts it into.',
    }),
    tags: t.field({
      type: [Label],
      description: 'What its owner calls it by.',
      resolve: ({ tags }) => labelsOf(tags),
    }),
    details: t.field({
      type: [Label],
      description: 'What programs note about it.',
      resolve: ({ details }) => labelsOf(details),
    }),
    sshPublicKeys: t.exposeStringList('sshPublicKeys', {
      description: 'Lines for authorized_keys that its guest was given, or is to be given.',
    }),
    userData: t.string({
      nullable: true,
      description:
        'What its guest’s cloud-init is given; null when that is nothing, or you may not change it.',
      resolve: async ({ id, userData }, _args, { actor, load }) => {
        if (userData === null || !actor.rights.has('virtualMachine.update')) return null;
        const owner = await load.partsOf('machineOwners', id, ownersOf(actor));
        return owner?.isChangeable === true ? userData.toString() : null;
      },
    }),
    zone: t.field({
      type: Zone,
      description: 'The zone it is in.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', zoneId),
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that owns it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    serviceOffering: t.field({
      type: ServiceOffering,
      description: 'What was chosen for it; it keeps it though it may no longer be offered to you.',
      resolve: async ({ serviceOfferingId }, _args, { load, actor }) => {
        demand(actor, 'serviceOffering.list');
        const offering = await load.partsOf('chosenOfferings', serviceOfferingId, chosenOfferings);
        if (offering === undefined) throw notFound('service offering', serviceOfferingId);
        return offering;
      },
    }),
    template: t.field({
      type: Template,
      nullable: true,
      description:
        'The template it was made from; null for one made from an ISO, or when the template was deleted.',
      resolve: ({ templateId }, _args, { load }) =>
        templateId === null ? null : load.find('Image', templateId),
    }),
    iso: t.field({
      type: Iso,
      nullable: true,
      description: 'The disc in its drive.',
      resolve: ({ isoId }, _args, { load }) => (isoId === null ? null : load.find('Image', isoId)),
    }),
    host: t.field({
      type: Host,
      nullable: true,
      description: 'The host it runs on; null while it is off, and for tenants.',
      resolve: ({ hostId }, _args, { load }) => (hostId === null ? null : load.find('Host', hostId)),
    }),
    targetHost: t.field({
      type: Host,
      nullable: true,
      description: 'The host it is moving to; null for tenants.',
      resolve: ({ targetHostId }, _args, { load }) =>
        targetHostId === null ? null : load.find('Host', targetHostId),
    }),
    nics: t.field({
      type: [Nic],
      description: 'Its network cards.',
      resolve: async ({ id }, _args, { load }) => (await load.partsOf('nics', id, nicsOf)) ?? [],
    }),
    volumes: t.field({
      type: [Volume],
      description: 'Its disks, root disk first.',
      resolve: async ({ id }, _args, { load }) => (await load.partsOf('volumes', id, volumesOf)) ?? [],
    }),
    ipAddress: t.field({
      type: 'IpAddress',
      nullable: true,
      description: 'Address of its default network card.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('nics', id, nicsOf))?.find(({ isDefault }) => isDefault)?.ipAddress ?? null,
    }),
    availableActions: t.field({
      type: [AvailableActionRef],
      description: 'What you may do to it now, and why not the rest.',
      resolve: (machine, _args, context) => actionsOf(machine, context),
    }),
    allowedActions: t.field({
      type: [MachineActionEnum],
      description:
        'What you may do to it now, in few words: for many machines, where `availableActions` would be most of the answer.',
      resolve: async (machine, _args, context) =>
        (await actionsOf(machine, context)).filter(({ isAllowed }) => isAllowed).map(({ action }) => action),
    }),
    destroyedAt: t.expose('destroyedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it came into the recycle bin.',
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every change: an answer with a lower one than you have is older.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
});

const VirtualMachineFilter = builder.inputType('VirtualMachineFilter', {
  description: 'Which machines.',
  fields: (t) => ({
    state: t.field({ type: [VirtualMachineState], required: false, description: 'In one of these states.' }),
    zoneId: t.id({ required: false, description: 'In this zone.' }),
    hostId: t.id({ required: false, description: 'That run on this host.' }),
    templateId: t.id({ required: false, description: 'Made from this template.' }),
    serviceOfferingId: t.id({ required: false, description: 'Of this size.' }),
    isoId: t.id({ required: false, description: 'With this disc in the drive.' }),
    networkId: t.id({ required: false, description: 'With a card in this guest network.' }),
    affinityGroupId: t.id({ required: false, description: 'In this affinity group.' }),
    ipAddress: t.field({ type: 'IpAddress', required: false, description: 'With this address.' }),
    macAddress: t.field({ type: 'MacAddress', required: false, description: 'With this hardware address.' }),
    group: t.string({ required: false, description: 'In this group of their owner’s.' }),
    tag: t.field({ type: LabelInput, required: false, description: 'With this tag.' }),
  }),
});

/** Members of the filter that a column equals. */
const equalled = ['zoneId', 'hostId', 'templateId', 'serviceOfferingId', 'isoId'] as const;

addListField({
  field: 'virtualMachines',
  type: 'VirtualMachine',
  plural: 'virtual machines',
  node: VirtualMachine,
  table: 'VirtualMachine',
  permission: 'virtualMachine.list',
  searched: ['name', 'tags'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    STATE: { column: 'state', description: 'By state, in the order of its life.' },
  },
  filter: {
    input: VirtualMachineFilter,
    where: ({ state, group, tag, networkId, affinityGroupId, ipAddress, macAddress, ...filter }) => [
      ...(state == null ? [] : [unindexed(sql<boolean>`"state"::text = any(${state})`)]),
      ...equalled.flatMap((column) => {
        const value = filter[column];
        return value == null ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`];
      }),
      ...(networkId == null
        ? []
        : [sql<boolean>`"id" in (select "virtualMachineId" from "Nic" where "networkId" = ${networkId})`]),
      ...(affinityGroupId == null
        ? []
        : [
            sql<boolean>`"id" in (select "virtualMachineId" from "AffinityGroupMember" where "affinityGroupId" = ${affinityGroupId})`,
          ]),
      ...(group == null ? [] : [unindexed(sql<boolean>`"groupName" = ${group}`)]),
      ...(tag == null ? [] : [sql<boolean>`"tags" @> ${JSON.stringify({ [tag.key]: tag.value })}::jsonb`]),
      ...(ipAddress == null
        ? []
        : [
            sql<boolean>`"id" in (select "virtualMachineId" from "Nic" where "ipAddress" = ${ipAddress}::inet)`,
          ]),
      ...(macAddress == null
        ? []
        : [sql<boolean>`"id" in (select "virtualMachineId" from "Nic" where "macAddress" = ${macAddress})`]),
    ],
  },
});

builder.queryField('virtualMachine', (t) =>
  t.field({
    type: VirtualMachine,
    nullable: true,
    permission: 'virtualMachine.list',
    description: 'One machine; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) =>
      load.find('VirtualMachine', idArgument('VirtualMachine', 'id', id)),
  }),
);

/** What every mutation of a machine that takes time answers. */
export const VirtualMachineJobPayload = builder
  .objectRef<{ virtualMachineId: string; jobId: string }>('VirtualMachineJobPayload')
  .implement({
    description: 'The machine in its transitional state, and the job that works on it.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        nullable: true,
        description: 'The machine; null when it is gone already.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.find('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
      job: jobField(t),
    }),
  });

/** What a mutation of a machine answers that takes time only if the machine runs. */
export const VirtualMachineMaybeJobPayload = builder
  .objectRef<{ virtualMachineId: string; jobId: string | null }>('VirtualMachineMaybeJobPayload')
  .implement({
    description: 'The machine, and the job that works on it if it runs.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'The machine as it is now.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.get('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
      job: t.field({
        type: Job,
        nullable: true,
        description: 'The job; null when all is done already, as with a machine that is off.',
        resolve: ({ jobId }, _args, { load }) =>
          jobId === null ? null : load.get('Job', parseId('Job', jobId)),
      }),
    }),
  });

/** What a mutation of a machine answers that is done at once. */
export const VirtualMachinePayload = builder
  .objectRef<{ virtualMachineId: string }>('VirtualMachinePayload')
  .implement({
    description: 'The machine that was changed.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'The machine as it is now.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.get('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
    }),
  });
