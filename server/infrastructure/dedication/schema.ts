import { parseId } from '@nephos/model/kernel/ids.ts';
import type { ObjectRef } from '@pothos/core';
import { accountReference, AccountReferenceInput } from '../../graphql/account-reference.ts';
import { builder, type SchemaTypes } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { Cluster, ClusterPayload } from '../cluster/schema.ts';
import { HostPayload } from '../host/mutations-schema.ts';
import { Host } from '../host/schema.ts';
import { Pod } from '../pod/schema.ts';
import { Zone, ZonePayload } from '../zone/schema.ts';
import type { Dedication, PlaceKind } from './others-there.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

function addDedicationFields<Place extends Dedication>(type: ObjectRef<Types, Place>): void {
  builder.objectFields(type, (t) => ({
    isDedicated: t.boolean({
      description: 'Whether it is reserved for a domain or an account.',
      resolve: ({ dedicatedDomainId, dedicatedAccountId }) =>
        dedicatedDomainId !== null || dedicatedAccountId !== null,
    }),
    dedicatedDomain: t.field({
      type: Domain,
      nullable: true,
      description: 'The domain that it is reserved for, with those below; null when you may not see that.',
      resolve: ({ dedicatedDomainId }, _args, { load }) =>
        dedicatedDomainId === null ? null : load.find('Domain', dedicatedDomainId),
    }),
    dedicatedAccount: t.field({
      type: Account,
      nullable: true,
      description: 'The account that it is reserved for; null when you may not see that.',
      resolve: ({ dedicatedAccountId }, _args, { load }) =>
        dedicatedAccountId === null ? null : load.find('Account', dedicatedAccountId),
    }),
  }));
}

addDedicationFields(Zone);
addDedicationFields(Pod);
addDedicationFields(Cluster);
addDedicationFields(Host);

function dedicateInput(kind: PlaceKind) {
  const place = kind.toLowerCase();
  return builder.inputType(`Dedicate${kind}Input`, {
    description: `Which ${place}, and whom it is for: a domain, an account, or with neither everybody.`,
    fields: (t) => ({
      id: t.id({ description: `The ${place}.` }),
      domainId: t.id({ required: false, description: 'Reserve it for this domain and those below it.' }),
      account: t.field({
        type: AccountReferenceInput,
        required: false,
        description: 'Reserve it for this account, or account of a project.',
      }),
      expectedVersion: t.int({
        required: false,
        description: 'Refuse with VERSION_CONFLICT if it was changed since this version.',
      }),
      idempotencyKey: idempotencyKeyField(t),
    }),
  });
}

type GivenDedication = ReturnType<typeof dedicateInput>['$inferInput'];

function dedication<Kind extends PlaceKind>(kind: Kind, { account, ...input }: GivenDedication) {
  return {
    ...input,
    id: idArgument(kind, 'input.id', input.id),
    domainId: optionalId('Domain', 'input.domainId', input.domainId),
    account: account == null ? null : accountReference('input.account', account),
  };
}

const errors =
  'Errors: NOT_FOUND, VALIDATION_FAILED, RESOURCE_IN_USE while others have machines or disks in it, VERSION_CONFLICT.';
const onlyForTheirs =
  'Machines of others are never placed there, and those it is for are placed there first.';

builder.mutationField('dedicateZone', (t) =>
  t.field({
    type: ZonePayload,
    permission: 'zone.dedicate',
    description: `Reserves a zone, or opens it to everybody again. Others no longer see a reserved zone. ${errors}`,
    args: { input: t.arg({ type: dedicateInput('Zone'), description: 'Which zone, and whom it is for.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const { id } = await services.dedications.dedicate(actor, 'Zone', dedication('Zone', input));
      return { zoneId: id };
    },
  }),
);

const PodPayload = builder.objectRef<{ podId: string }>('PodPayload').implement({
  description: 'The pod that was changed.',
  fields: (t) => ({
    pod: t.field({
      type: Pod,
      description: 'The pod as it is now.',
      resolve: ({ podId }, _args, { load }) => load.get('Pod', parseId('Pod', podId)),
    }),
  }),
});

builder.mutationField('dedicatePod', (t) =>
  t.field({
    type: PodPayload,
    permission: 'pod.dedicate',
    description: `Reserves a pod, or opens it to everybody again. ${onlyForTheirs} ${errors}`,
    args: { input: t.arg({ type: dedicateInput('Pod'), description: 'Which pod, and whom it is for.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const { id } = await services.dedications.dedicate(actor, 'Pod', dedication('Pod', input));
      return { podId: id };
    },
  }),
);

builder.mutationField('dedicateCluster', (t) =>
  t.field({
    type: ClusterPayload,
    permission: 'cluster.dedicate',
    description: `Reserves a cluster, or opens it to everybody again. ${onlyForTheirs} ${errors}`,
    args: {
      input: t.arg({ type: dedicateInput('Cluster'), description: 'Which cluster, and whom it is for.' }),
    },
    resolve: async (_parent, { input }, { services, actor }) => {
      const { id } = await services.dedications.dedicate(actor, 'Cluster', dedication('Cluster', input));
      return { clusterId: id };
    },
  }),
);

builder.mutationField('dedicateHost', (t) =>
  t.field({
    type: HostPayload,
    permission: 'host.dedicate',
    description: `Reserves a host, or opens it to everybody again. ${onlyForTheirs} ${errors}`,
    args: { input: t.arg({ type: dedicateInput('Host'), description: 'Which host, and whom it is for.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const { id } = await services.dedications.dedicate(actor, 'Host', dedication('Host', input));
      return { hostId: id };
    },
  }),
);
