// Each import adds its feature's types and fields to the builder.
import '../activity/audit-event-schema.ts';
import '../activity/change-schema.ts';
import '../activity/job-schema.ts';
import '../alert/schema.ts';
import '../billing/cost/schema.ts';
import '../billing/rated-line/schema.ts';
import '../billing/tariff/mutations-schema.ts';
import '../billing/tariff/schema.ts';
import '../billing/usage-close/schema.ts';
import '../billing/usage-export/schema.ts';
import '../billing/usage-period/schema.ts';
import '../billing/usage-record/schema.ts';
import '../compute/affinity-group/mutations-schema.ts';
import '../compute/affinity-group/schema.ts';
import '../compute/console-access/schema.ts';
import '../compute/foreign-machine/schema.ts';
import '../compute/foreign-machine/mutations-schema.ts';
import '../compute/virtual-machine/drift/schema.ts';
import '../compute/lease/schema.ts';
import '../compute/machine-schedule/schema.ts';
import '../compute/machine-snapshot/mutations-schema.ts';
import '../compute/machine-snapshot/schema.ts';
import '../compute/placement/plan-schema.ts';
import '../compute/service-offering/schema.ts';
import '../compute/ssh-key-pair/schema.ts';
import '../compute/virtual-machine/migration-schema.ts';
import '../compute/virtual-machine/assign/schema.ts';
import '../compute/virtual-machine/deploy/schema.ts';
import '../compute/virtual-machine/mutations-schema.ts';
import '../compute/virtual-machine/nics/schema.ts';
import '../compute/virtual-machine/reinstall/schema.ts';
import '../compute/virtual-machine/scale/schema.ts';
import '../compute/virtual-machine/schema.ts';
import '../compute/virtual-machine/seed/schema.ts';
import '../compute/virtual-machine/update-schema.ts';
import '../identity/account/mutations-schema.ts';
import '../identity/account/schema.ts';
import '../identity/api-key/schema.ts';
import '../identity/domain/mutations-schema.ts';
import '../identity/domain/schema.ts';
import '../identity/limit/schema.ts';
import '../identity/project/members-schema.ts';
import '../identity/project/mutations-schema.ts';
import '../identity/project/schema.ts';
import '../identity/role/mutations-schema.ts';
import '../identity/role/schema.ts';
import '../identity/identity-provider/mutations-schema.ts';
import '../identity/identity-provider/schema.ts';
import '../identity/second-factor/schema.ts';
import '../identity/session/schema.ts';
import '../identity/session/sign-in-history-schema.ts';
import '../identity/session/sign-in-schema.ts';
import '../identity/session/viewer-schema.ts';
import '../identity/user/mutations-schema.ts';
import '../identity/user/schema.ts';
import '../infrastructure/agent/schema.ts';
import '../infrastructure/capacity/schema.ts';
import '../infrastructure/cluster/schema.ts';
import '../infrastructure/dedication/schema.ts';
import '../infrastructure/host-installation/schema.ts';
import '../infrastructure/host/mutations-schema.ts';
import '../infrastructure/host/schema.ts';
import '../infrastructure/image-store/schema.ts';
import '../infrastructure/physical-network/schema.ts';
import '../infrastructure/pod/schema.ts';
import '../infrastructure/storage-pool/schema.ts';
import '../infrastructure/zone/create-zone-schema.ts';
import '../infrastructure/zone/schema.ts';
import '../network/guest-network/schema.ts';
import '../network/nic/schema.ts';
import '../settings/schema.ts';
import '../statistics/host-schema.ts';
import '../statistics/machine-schema.ts';
import '../statistics/pool-schema.ts';
import '../storage/disk-offering/schema.ts';
import '../storage/image/schema.ts';
import '../storage/image/sharing-schema.ts';
import '../storage/volume/schema.ts';
import './node-schema.ts';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';

/** The whole API. */
export function buildApiSchema(): GraphQLSchema {
  return builder.toSchema();
}

/** The SDL as it is checked in: `server/graphql/schema.graphql`. */
export function printApiSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
}
