import type { Tariff } from './fragments.ts';

/** Something that is being done to a tariff. */
export interface TariffCommand {
  name: 'price' | 'edit' | 'end';
  tariff: Tariff;
}
