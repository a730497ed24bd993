import { chargeValues } from './focus-charge.ts';
import type { FocusValues } from './focus-column.ts';
import type { InvoiceCharge } from './invoice-charge.ts';
import { billingService } from './services.ts';

const categories: Record<InvoiceCharge['kind'], string> = {
  // What is let off after the fact, of a whole month.
  DISCOUNT: 'Credit',
  TAX: 'Tax',
  ROUNDING: 'Adjustment',
};

const descriptions: Record<InvoiceCharge['kind'], (charge: InvoiceCharge) => string> = {
  DISCOUNT: ({ label, percent }) => `Discount: ${label}, ${shortened(percent)}%`,
  TAX: ({ label, percent }) => `Tax: ${label}, ${shortened(percent)}%`,
  ROUNDING: () => 'Rounding: lines of the statement, less the exact costs',
};

const shortened = (percent: string | null) =>
  percent?.includes('.') === true ? percent.replace(/\.?0+$/, '') : (percent ?? '0');

/** A discount, a tax, or what rounding brought, as FOCUS sees it: of a whole month, and of no thing. */
export function invoiceChargeValues(charge: InvoiceCharge, providerName: string): FocusValues {
  const { kind, amount, monthStartsAt, monthEndsAt } = charge;
  return {
    ...chargeValues(charge, providerName),
    BilledCost: amount,
    ChargeCategory: categories[kind],
    ChargeDescription: descriptions[kind](charge),
    ChargeFrequency: 'One-Time',
    ChargePeriodEnd: monthEndsAt,
    ChargePeriodStart: monthStartsAt,
    ContractedCost: amount,
    EffectiveCost: amount,
    ListCost: amount,
    ServiceCategory: billingService.category,
    ServiceName: billingService.name,
    ServiceSubcategory: billingService.subcategory,
  };
}
