import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { GuestRangePlanInput } from '../../network/guest-network/schema.ts';
import { ClusterPlanInput } from '../cluster/schema.ts';
import { HostPlanInput } from '../host/schema.ts';
import { ImageStorePlanInput } from '../image-store/schema.ts';
import { PhysicalNetworkPlanInput } from '../physical-network/schema.ts';
import { PodPlanInput } from '../pod/schema.ts';
import { StoragePoolPlanInput } from '../storage-pool/schema.ts';
import { NetworkModel, Zone } from './schema.ts';

const CreateZoneInput = builder.inputType('CreateZoneInput', {
  description: 'Everything about a new zone, as the wizard asks for it.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    networkModel: t.field({
      type: NetworkModel,
      defaultValue: 'BASIC',
      description: 'How guests are to be connected.',
    }),
    dns1: t.field({ type: 'IpAddress', description: 'First DNS server for guests.' }),
    dns2: t.field({ type: 'IpAddress', required: false, description: 'Second DNS server for guests.' }),
    internalDns1: t.field({
      type: 'IpAddress',
      description: 'First DNS server for the platform’s own machines.',
    }),
    internalDns2: t.field({
      type: 'IpAddress',
      required: false,
      description: 'Second DNS server for the platform’s own machines.',
    }),
    networkDomain: t.string({ required: false, description: 'DNS domain for guests: `guests.example.com`.' }),
    physicalNetworks: t.field({
      type: [PhysicalNetworkPlanInput],
      description: 'Networks that the hosts are wired to. Exactly one must carry GUEST traffic.',
    }),
    pod: t.field({ type: PodPlanInput, description: 'Its first pod.' }),
    guestRange: t.field({ type: GuestRangePlanInput, description: 'Addresses for the guests of that pod.' }),
    cluster: t.field({ type: ClusterPlanInput, description: 'The first cluster of that pod.' }),
    hosts: t.field({ type: [HostPlanInput], description: 'The hosts of that cluster, at least one.' }),
    primaryStorage: t.field({ type: StoragePoolPlanInput, description: 'Where the disks of machines lie.' }),
    imageStore: t.field({ type: ImageStorePlanInput, description: 'Where templates and ISOs lie.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const ZoneJobPayload = builder.objectRef<{ zoneId: string; jobId: string }>('CreateZonePayload').implement({
  description: 'The new zone, disabled until its job is done, and that job.',
  fields: (t) => ({
    zone: t.field({
      type: Zone,
      description: 'The zone.',
      resolve: ({ zoneId }, _args, { load }) => load.get('Zone', parseId('Zone', zoneId)),
    }),
    job: jobField(t, 'The job that makes it.'),
  }),
});

builder.mutationField('createZone', (t) =>
  t.field({
    type: ZoneJobPayload,
    permission: 'zone.create',
    description:
      'Makes a zone with its networks, pod, cluster, hosts and storage, as one job: all of it, or nothing. Errors: VALIDATION_FAILED, RESOURCE_IN_USE, AGENT_UNREACHABLE.',
    args: { input: t.arg({ type: CreateZoneInput, description: 'The whole zone.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.zones.create(actor, {
        ...input,
        hosts: input.hosts.map((host, index) => ({
          ...host,
          agentId: idArgument('Agent', `input.hosts.${index}.agentId`, host.agentId),
        })),
        imageStore: {
          ...input.imageStore,
          agentId: optionalId('Agent', 'input.imageStore.agentId', input.imageStore.agentId),
        },
      }),
  }),
);
