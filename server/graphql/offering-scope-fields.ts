import { sql } from 'kysely';
import type { OfferingScope } from '../identity/access/offering-scope.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { idArgument } from './id-argument.ts';

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The fields of an input that say where something is offered. */
export function offeringScopeFields(t: InputFields, whenLeftOut: string) {
  return {
    domainIds: t.idList({
      required: false,
      description: `Domains in which, and below which, it is offered, at most 100; everywhere when empty. ${whenLeftOut}`,
    }),
    zoneIds: t.idList({
      required: false,
      description: `Zones in which it is offered, at most 100; in all when empty. ${whenLeftOut}`,
    }),
  };
}

/** The filter of a list of offerings. */
export function offeringFilter(type: 'ServiceOffering' | 'DiskOffering') {
  return {
    input: builder.inputType(`${type}Filter`, {
      description: 'Which offerings.',
      fields: (t) => ({
        zoneId: t.id({ required: false, description: 'Offered in this zone.' }),
      }),
    }),
    where: ({ zoneId }: { zoneId?: string | null | undefined }) =>
      zoneId == null ? [] : [sql<boolean>`("zoneIds" = '{}' or ${zoneId} = any("zoneIds"))`],
  };
}

interface GivenScope {
  domainIds?: string[] | null | undefined;
  zoneIds?: string[] | null | undefined;
}

/** @throws PlatformError VALIDATION_FAILED for ids that are none */
export function offeringScope({ domainIds, zoneIds }: GivenScope): Required<OfferingScope> {
  return {
    domainIds: domainIds?.map((id, index) => idArgument('Domain', `input.domainIds.${index}`, id)),
    zoneIds: zoneIds?.map((id, index) => idArgument('Zone', `input.zoneIds.${index}`, id)),
  };
}
