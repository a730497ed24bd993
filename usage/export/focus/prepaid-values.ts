import { chargeValues } from './focus-charge.ts';
import type { FocusValues } from './focus-column.ts';
import { pricingUnits } from './focus-units.ts';
import type { PrepaidCharge } from './prepaid-charge.ts';
import { focusServices } from './services.ts';

const sku = 'PREPAID_MACHINE';

/**
 * A term that was paid for in advance, or paid back, as FOCUS sees it. What it covers makes no charges: so its cost is no
 * one's to spread, and effective as it is. Its price is that of its length.
 */
export function prepaidValues(charge: PrepaidCharge, providerName: string): FocusValues {
  const { kind, amount, months, resourceName, zoneId } = charge;
  const { category, subcategory, name, resourceType } = focusServices.RUNNING_VM;
  const what = kind === 'PURCHASE' ? 'Prepaid machine' : 'Prepaid machine, paid back';
  return {
    ...chargeValues(charge, providerName),
    BilledCost: amount,
    ChargeCategory: 'Purchase',
    ChargeDescription: `${what}: ${resourceName}, ${months} months`,
    ChargeFrequency: charge.isRenewed ? 'Recurring' : 'One-Time',
    ChargePeriodEnd: charge.endsAt,
    ChargePeriodStart: charge.startsAt,
    ContractedCost: amount,
    ContractedUnitPrice: charge.unitPrice,
    EffectiveCost: amount,
    ListCost: charge.listCost,
    ListUnitPrice: charge.listUnitPrice,
    PricingCategory: 'Standard',
    PricingQuantity: charge.quantity,
    PricingUnit: pricingUnits.MONTH,
    RegionId: zoneId,
    RegionName: zoneId === null ? null : (charge.zoneName ?? zoneId),
    ResourceId: charge.resourceId,
    ResourceName: resourceName,
    ResourceType: resourceType,
    ServiceCategory: category,
    ServiceName: name,
    ServiceSubcategory: subcategory,
    SkuId: sku,
    SkuMeter: 'Prepaid machine',
    SkuPriceDetails: JSON.stringify({ x_Months: months }),
    SkuPriceId: `${sku}:${months}`,
  };
}
