import type { Row } from '@nephos/model/database.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import { Account } from '../../identity/account/schema.ts';

/** An SSH key pair. */
export const SshKeyPair = builder.objectRef<Row<'SshKeyPair'>>('SshKeyPair').implement({
  description: 'A key that new machines let in. Nephos has its public half only.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique among the account’s.' }),
    publicKey: t.exposeString('publicKey', { description: 'As a line of authorized_keys.' }),
    fingerprint: t.exposeString('fingerprint', { description: '`SHA256:…`, as ssh-keygen shows it.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account that owns it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

addListField({
  field: 'sshKeyPairs',
  type: 'SshKeyPair',
  plural: 'SSH key pairs',
  node: SshKeyPair,
  table: 'SshKeyPair',
  permission: 'sshKeyPair.list',
  searched: ['name', 'fingerprint'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
});

const CreateSshKeyPairInput = builder.inputType('CreateSshKeyPairInput', {
  description: 'A new SSH key pair.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique among the account’s.' }),
    publicKey: t.string({
      required: false,
      description:
        'As a line of authorized_keys: Ed25519, ECDSA, or RSA with at least 2048 bits. A new Ed25519 pair is made when left out.',
    }),
    accountId: ownerField(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const CreateSshKeyPairPayload = builder
  .objectRef<{ sshKeyPairId: string; privateKey: string | null }>('CreateSshKeyPairPayload')
  .implement({
    description: 'The new key pair.',
    fields: (t) => ({
      sshKeyPair: t.field({
        type: SshKeyPair,
        description: 'The key pair.',
        resolve: ({ sshKeyPairId }, _args, { load }) =>
          load.get('SshKeyPair', parseId('SshKeyPair', sshKeyPairId)),
      }),
      privateKey: t.exposeString('privateKey', {
        nullable: true,
        description:
          'The private half of a pair that was made, in OpenSSH’s format. Shown now and never again; null when you brought the key.',
      }),
    }),
  });

builder.mutationField('createSshKeyPair', (t) =>
  t.field({
    type: CreateSshKeyPairPayload,
    permission: 'sshKeyPair.create',
    description:
      'Keeps a public key, or makes a pair. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateSshKeyPairInput, description: 'The key pair.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.sshKeyPairs.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
      }),
  }),
);

const DeleteSshKeyPairInput = builder.inputType('DeleteSshKeyPairInput', {
  description: 'Which key pair.',
  fields: (t) => ({ id: t.id({ description: 'The key pair.' }) }),
});

const DeleteSshKeyPairPayload = builder
  .objectRef<{ sshKeyPairId: string }>('DeleteSshKeyPairPayload')
  .implement({
    description: 'The key pair that was deleted.',
    fields: (t) => ({ sshKeyPairId: t.exposeID('sshKeyPairId', { description: 'Its id.' }) }),
  });

builder.mutationField('deleteSshKeyPair', (t) =>
  t.field({
    type: DeleteSshKeyPairPayload,
    permission: 'sshKeyPair.delete',
    description:
      'Forgets a key pair. Machines that were made with it go on letting it in. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteSshKeyPairInput, description: 'Which key pair.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const sshKeyPairId = idArgument('SshKeyPair', 'input.id', input.id);
      await services.sshKeyPairs.delete(actor, sshKeyPairId);
      return { sshKeyPairId };
    },
  }),
);
