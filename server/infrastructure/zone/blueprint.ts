import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { sshAddress, type SshAddressInput } from '../host-installation/installing.ts';
import type { ZonePlan } from './zone-plan.ts';

/** A host that is to be made: of an agent that has enrolled, or of a machine that is entered over SSH. */
export interface BlueprintHost {
  hostId: Id<'Host'>;
  /** Absent for a machine that has no agent yet. */
  agentId: Id<'Agent'> | null;
  name: string | null;
  ssh: SshAddressInput | null;
  /** Under which a draft keeps what proves the user. */
  key: string;
}

/** A plan, and the ids of all that is to be made: given at the start, so that every repetition makes the same. */
export interface ZoneBlueprint {
  plan: Omit<ZonePlan, 'hosts'>;
  zoneId: Id<'Zone'>;
  physicalNetworkIds: Id<'PhysicalNetwork'>[];
  podId: Id<'Pod'>;
  networkId: Id<'GuestNetwork'>;
  clusterId: Id<'Cluster'>;
  hosts: BlueprintHost[];
  poolId: Id<'StoragePool'>;
  imageStoreId: Id<'ImageStore'>;
  storageAgentId: Id<'Agent'>;
}

const blueprintHost = z.object({
  hostId: idField('Host'),
  agentId: idField('Agent').nullable(),
  name: z.string().nullable().default(null),
  ssh: sshAddress.nullable().default(null),
  key: z.string().default(''),
});

/** What a job that makes a zone, or removes it, is given. */
export const zoneBlueprint = z.object({
  // Checked field by field when the job was made, in terms that a person understands.
  plan: z.custom<ZoneBlueprint['plan']>((value) => typeof value === 'object' && value !== null),
  zoneId: idField('Zone'),
  physicalNetworkIds: z.array(idField('PhysicalNetwork')),
  podId: idField('Pod'),
  networkId: idField('GuestNetwork'),
  clusterId: idField('Cluster'),
  hosts: z.array(blueprintHost),
  poolId: idField('StoragePool'),
  imageStoreId: idField('ImageStore'),
  storageAgentId: idField('Agent'),
});
