import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { VirtualMachine } from '../../compute/virtual-machine/schema.ts';
import { Account } from '../../identity/account/schema.ts';
import type { PrepaidOffer as Offer } from './prepaid-service.ts';
import { readCovers } from './store.ts';

const PrepaidCover = builder.objectRef<Row<'PrepaidCover'>>('PrepaidCover').implement({
  description: 'A use that is paid for, up to a size. What goes beyond costs as ever.',
  fields: (t) => ({
    usageType: t.exposeInt('usageType', { description: 'CloudStack’s number of what is used.' }),
    charge: t.exposeString('charge', { description: 'What is charged for; other charges are not covered.' }),
    resourceId: t.exposeID('resourceId', { description: 'The machine or disk; it may be gone by now.' }),
    resourceName: t.exposeString('resourceName', { description: 'Its name then.' }),
    cpuCount: t.exposeInt('cpuCount', { nullable: true, description: 'Processors; null for a disk.' }),
    memory: t.expose('memoryBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'Memory in bytes; null for a disk.',
    }),
    size: t.expose('sizeBytes', {
      type: 'Bytes',
      nullable: true,
      description: 'Size in bytes; null for a machine.',
    }),
  }),
});

/** A term. */
export const PrepaidTerm = builder.objectRef<Row<'PrepaidTerm'>>('PrepaidTerm').implement({
  description:
    'A machine that is paid for in advance, with its processors, memory and disks as they were then: what it covers costs nothing meanwhile.',
  interfaces: [Node],
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'Who paid; null once it is gone.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    accountId: t.exposeID('accountId', { description: 'Id of the account that paid.' }),
    virtualMachine: t.field({
      type: VirtualMachine,
      nullable: true,
      description: 'The machine; null once it is gone.',
      resolve: ({ virtualMachineId }, _args, { load }) => load.find('VirtualMachine', virtualMachineId),
    }),
    virtualMachineId: t.exposeID('virtualMachineId', { description: 'Id of the machine.' }),
    virtualMachineName: t.exposeString('virtualMachineName', { description: 'The machine’s name then.' }),
    months: t.exposeInt('months', { description: 'How many months were paid for.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it begins.' }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      description: 'When it is over: comes nearer when it is ended early.',
    }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    monthPrice: t.expose('monthPrice', {
      type: 'Decimal',
      description: 'What 730 hours of what it covers cost then, paid as they are used.',
    }),
    discountPercent: t.field({
      type: 'Decimal',
      description: 'What was let off, in percent.',
      resolve: ({ discountPercent }) => discountPercent.replace(/\.?0+$/, ''),
    }),
    price: t.expose('price', { type: 'Decimal', description: 'What was paid for all of it.' }),
    renewsAutomatically: t.exposeBoolean('renewsAutomatically', {
      description:
        'Whether another term of as many months is paid for in the last day of it. It is false once that was done.',
    }),
    renewalProblem: t.exposeString('renewalProblem', {
      nullable: true,
      description: 'Why it could not be renewed so far; null when it was not tried, or could.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended early; null when it was not.',
    }),
    refund: t.expose('refund', {
      type: 'Decimal',
      nullable: true,
      description: 'What was paid back then.',
    }),
    covers: t.field({
      type: [PrepaidCover],
      description: 'What is paid for.',
      resolve: async ({ id }, _args, { load }) => (await load.partsOf('prepaidCovers', id, readCovers)) ?? [],
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was paid for.' }),
  }),
});

const PrepaidTermFilter = builder.inputType('PrepaidTermFilter', {
  description: 'Which prepaid terms.',
  fields: (t) => ({
    virtualMachineId: t.id({ required: false, description: 'Of this machine.' }),
    isOver: t.boolean({ required: false, description: 'Those that are over, or those that are not.' }),
  }),
});

addListField({
  field: 'prepaidTerms',
  type: 'PrepaidTerm',
  plural: 'prepaid terms',
  node: PrepaidTerm,
  table: 'PrepaidTerm',
  permission: 'prepaidTerm.list',
  searched: ['virtualMachineName', 'virtualMachineId'],
  orders: { ENDS_AT: { column: 'endsAt', description: 'By their ends.' } },
  filter: {
    input: PrepaidTermFilter,
    where: ({ virtualMachineId, isOver }) => {
      const machineId = optionalId('VirtualMachine', 'filter.virtualMachineId', virtualMachineId);
      return [
        ...(machineId === null ? [] : [sql<boolean>`"virtualMachineId" = ${machineId}`]),
        ...(isOver == null ? [] : [sql<boolean>`("endsAt" <= now()) = ${isOver}`]),
      ];
    },
  },
});

const PrepaidOffer = builder.objectRef<Offer>('PrepaidOffer').implement({
  description: 'What a machine would cost if it were paid for in advance now.',
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    months: t.exposeInt('months', { description: 'For how many months.' }),
    monthPrice: t.expose('monthPrice', {
      type: 'Decimal',
      description: 'What 730 hours of it cost, paid as they are used, beyond what is included.',
    }),
    discountPercent: t.field({
      type: 'Decimal',
      description: 'What is let off, in percent.',
      resolve: ({ discountPercent }) => discountPercent.replace(/\.?0+$/, ''),
    }),
    price: t.expose('price', { type: 'Decimal', description: 'For all months together.' }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When it would begin.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'When it would be over.' }),
  }),
});

builder.queryField('prepaidOffers', (t) =>
  t.field({
    type: [PrepaidOffer],
    permission: 'prepaidTerm.list',
    description:
      'What a machine would cost if it were paid for in advance now, with its disks; none where nothing that it uses has a price. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      virtualMachineId: t.arg.id({ description: 'The machine.' }),
      months: t.arg.intList({
        defaultValue: [1, 3, 6, 12, 24, 36],
        description: 'Terms in months, each from 1 to 36.',
      }),
    },
    resolve: async (_parent, { virtualMachineId, months }, { services, load }) => {
      const id = idArgument('VirtualMachine', 'virtualMachineId', virtualMachineId);
      return services.prepaid.offers(await load.get('VirtualMachine', id), months);
    },
  }),
);
