import { builder } from '../../../graphql/builder.ts';
import { Hypervisor } from '../../cluster/schema.ts';
import { TrafficType } from '../../physical-network/schema.ts';
import { StoragePoolScope, StoragePoolType } from '../../storage-pool/schema.ts';
import { NetworkModel } from '../schema.ts';

export const ZoneDraftDetailsInput = builder.inputType('ZoneDraftDetailsInput', {
  description: 'What a zone is called, what its guests are told, and for whom it is; text as it was typed.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique.' }),
    networkModel: t.field({ type: NetworkModel, description: 'How guests are to be connected.' }),
    dns1: t.string({ description: 'First DNS server for guests.' }),
    dns2: t.string({ description: 'Second DNS server for guests; may be empty.' }),
    internalDns1: t.string({ description: 'First DNS server for the platform’s own machines.' }),
    internalDns2: t.string({
      description: 'Second DNS server for the platform’s own machines; may be empty.',
    }),
    networkDomain: t.string({ description: 'DNS domain for guests; may be empty.' }),
    dedicatedDomainId: t.id({ required: false, description: 'Domain that it is to be reserved for.' }),
    dedicatedAccountId: t.id({
      required: false,
      description: 'Account that it is to be reserved for; not with a domain.',
    }),
  }),
});

const ZoneDraftTrafficInput = builder.inputType('ZoneDraftTrafficInput', {
  description: 'A kind of traffic on a physical network.',
  fields: (t) => ({
    type: t.field({ type: TrafficType, description: 'Which traffic.' }),
    label: t.string({ description: 'Bridge that carries it, the same on every host.' }),
  }),
});

export const ZoneDraftNetworkInput = builder.inputType('ZoneDraftPhysicalNetworkInput', {
  description: 'A physical network. Exactly one of a zone must carry GUEST traffic.',
  fields: (t) => ({
    name: t.string({ description: 'Its name.' }),
    traffic: t.field({ type: [ZoneDraftTrafficInput], description: 'What travels on it.' }),
  }),
});

export const ZoneDraftPodInput = builder.inputType('ZoneDraftPodInput', {
  description: 'The first pod.',
  fields: (t) => ({
    name: t.string({ description: 'Its name.' }),
    cidr: t.string({ description: 'Its subnet: `10.0.0.0/24`.' }),
    gateway: t.string({ description: 'Gateway of the subnet.' }),
    reservedStart: t.string({ description: 'First address kept for the system.' }),
    reservedEnd: t.string({ description: 'Last address kept for the system.' }),
  }),
});

export const ZoneDraftGuestRangeInput = builder.inputType('ZoneDraftGuestRangeInput', {
  description: 'Addresses for guests.',
  fields: (t) => ({
    cidr: t.string({ description: 'Their subnet.' }),
    gateway: t.string({ description: 'Their gateway.' }),
    startIp: t.string({ description: 'First address.' }),
    endIp: t.string({ description: 'Last address.' }),
  }),
});

export const ZoneDraftClusterInput = builder.inputType('ZoneDraftClusterInput', {
  description: 'The first cluster.',
  fields: (t) => ({
    name: t.string({ description: 'Its name.' }),
    hypervisor: t.field({ type: Hypervisor, description: 'What its hosts run.' }),
    cpuOvercommit: t.string({ description: 'How often a processor is promised, 1 to 100; empty: 4.' }),
    memoryOvercommit: t.string({ description: 'How often memory is promised, 1 to 100; empty: 1.' }),
  }),
});

const ZoneDraftSshInput = builder.inputType('ZoneDraftSshInput', {
  description:
    'How a machine is entered over SSH. Secrets that are left out stay as they are, empty ones are forgotten; another address, port or user forgets them too.',
  fields: (t) => ({
    address: t.string({ description: 'IP address or name of the machine.' }),
    port: t.string({ description: 'Port of SSH, 1 to 65,535.' }),
    username: t.string({
      description: 'User to sign in as: root, or one who may use sudo without a password.',
    }),
    hostKeyFingerprint: t.string({
      description: 'Key that the machine must show: `SHA256:…`; empty: whatever it shows at first.',
    }),
    password: t.string({ required: false, description: 'The user’s password.' }),
    privateKey: t.string({ required: false, description: 'A private key, in the form of OpenSSH or PEM.' }),
    passphrase: t.string({ required: false, description: 'What the private key is encrypted with.' }),
  }),
});

export const ZoneDraftHostInput = builder.inputType('ZoneDraftHostInput', {
  description: 'A host: an agent that has enrolled, or a machine that one is to be installed on.',
  fields: (t) => ({
    key: t.string({
      description: 'Tells it from the other hosts of the draft: 1 to 64 letters, digits, _ or -.',
    }),
    name: t.string({ description: 'Its name; empty: the machine’s own.' }),
    agentId: t.id({ required: false, description: 'The agent that runs it. Either this or `ssh`.' }),
    ssh: t.field({
      type: ZoneDraftSshInput,
      required: false,
      description: 'Where an agent is to be installed. Either this or `agentId`.',
    }),
  }),
});

export const ZoneDraftPrimaryStorageInput = builder.inputType('ZoneDraftPrimaryStorageInput', {
  description: 'Where disks of machines are to lie.',
  fields: (t) => ({
    name: t.string({ description: 'Its name.' }),
    type: t.field({ type: StoragePoolType, description: 'Its kind.' }),
    scope: t.field({ type: StoragePoolScope, description: 'Who reaches it.' }),
    path: t.string({ description: 'Its directory on the hosts.' }),
  }),
});

export const ZoneDraftImageStoreInput = builder.inputType('ZoneDraftImageStoreInput', {
  description: 'Where templates and ISOs are to lie.',
  fields: (t) => ({
    name: t.string({ description: 'Its name.' }),
    path: t.string({ description: 'Its directory on the storage agent’s machine.' }),
    agentId: t.id({
      required: false,
      description: 'Storage agent that is to work for the zone; any that is free when left out.',
    }),
  }),
});
