import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { DeletionPlan } from '../account/deletion-plan-schema.ts';
import { Domain } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

const DomainPayload = builder.objectRef<{ domainId: string }>('DomainPayload').implement({
  description: 'The domain that was made or changed.',
  fields: (t) => ({
    domain: t.field({
      type: Domain,
      description: 'The domain as it is now.',
      resolve: ({ domainId }, _args, { load }) => load.get('Domain', parseId('Domain', domainId)),
    }),
  }),
});

const CreateDomainInput = builder.inputType('CreateDomainInput', {
  description: 'A new domain.',
  fields: (t) => ({
    parentId: t.id({ description: 'The domain it is to be in.' }),
    name: t.string({
      description: 'Its name, unique there: 1 to 64 letters, digits, dashes, dots or underscores.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createDomain', (t) =>
  t.field({
    type: DomainPayload,
    permission: 'domain.create',
    description:
      'Makes a domain inside another. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE in a domain that is being deleted, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateDomainInput, description: 'The domain.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.domains.create(actor, {
        ...input,
        parentId: idArgument('Domain', 'input.parentId', input.parentId),
      }),
  }),
);

const UpdateDomainInput = builder.inputType('UpdateDomainInput', {
  description: 'Which domain, and its new name.',
  fields: (t) => ({
    id: t.id({ description: 'The domain.' }),
    name: t.string({ description: 'Its new name, unique beside its siblings.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('updateDomain', (t) =>
  t.field({
    type: DomainPayload,
    permission: 'domain.update',
    description:
      'Gives a domain another name; the paths of all below it follow. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE for ROOT, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateDomainInput, description: 'Which domain, and its new name.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.domains.update(actor, { ...input, id: idArgument('Domain', 'input.id', input.id) }),
  }),
);

builder.queryField('planDeleteDomain', (t) =>
  t.field({
    type: DeletionPlan,
    permission: 'domain.delete',
    description:
      'What would go with a domain. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE for ROOT and for a domain that you are in.',
    args: { id: t.arg.id({ description: 'The domain.' }) },
    resolve: (_parent, { id }, { services, actor }) =>
      services.domains.planDelete(actor, idArgument('Domain', 'id', id)),
  }),
);

const DeleteDomainInput = builder.inputType('DeleteDomainInput', {
  description: 'Which domain, and whether with all that is in it.',
  fields: (t) => ({
    id: t.id({ description: 'The domain.' }),
    cascade: t.boolean({
      defaultValue: false,
      description: 'Also remove all accounts, projects and domains in it. Otherwise it must be empty.',
    }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const DeleteDomainPayload = builder
  .objectRef<{ domainId: string; jobId: string }>('DeleteDomainPayload')
  .implement({
    description: 'The domain that is being deleted, and the job that does it.',
    fields: (t) => ({
      domain: t.field({
        type: Domain,
        nullable: true,
        description: 'The domain; null once it is gone.',
        resolve: ({ domainId }, _args, { load }) => load.find('Domain', parseId('Domain', domainId)),
      }),
      job: jobField(t, 'The job that removes it.'),
    }),
  });

builder.mutationField('deleteDomain', (t) =>
  t.field({
    type: DeleteDomainPayload,
    permission: 'domain.delete',
    description:
      'Removes a domain as one job; with `cascade` all that is in it, and planDeleteDomain says what that is. Nobody in it signs in from now on. Errors: NOT_FOUND, FORBIDDEN for a domain with an account that may do more than you, RESOURCE_IN_USE with counts when it is not empty, INVALID_STATE for ROOT and for a domain that you are in, VERSION_CONFLICT, IDEMPOTENCY_CONFLICT.',
    args: {
      input: t.arg({
        type: DeleteDomainInput,
        description: 'Which domain, and whether with all that is in it.',
      }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.domains.delete(actor, { ...input, id: idArgument('Domain', 'input.id', input.id) }),
  }),
);
