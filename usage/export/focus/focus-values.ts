import { costText, quotientText } from '../cost.ts';
import { usageCatalogue } from '../../usage-types.ts';
import { keyValuesText } from '../key-values.ts';
import { usageName } from '../usage-name.ts';
import { chargeValues } from './focus-charge.ts';
import type { FocusValues } from './focus-column.ts';
import type { FocusLine } from './focus-line.ts';
import { consumed, pricingUnits } from './focus-units.ts';
import { focusServices } from './services.ts';

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Cost for one unit; of nothing, nothing. A correction has both signs turned, and the same price. */
function unitPrice({ amount, baseAmount }: FocusLine): string {
  if (BigInt(baseAmount) === 0n) return '0';
  return baseAmount.startsWith('-')
    ? costText(negated(amount), negated(baseAmount))
    : costText(amount, baseAmount);
}

const negated = (text: string) => (-BigInt(text)).toString();

/**
 * A rated line as FOCUS sees it: a zone is a region, what is metered is the SKU, and a version of a tariff is the price
 * of it. Discounts of a month are charges of their own, see invoice-values.ts, so the four costs are one.
 */
export function focusValues(line: FocusLine, providerName: string): FocusValues {
  const { amount, unitSize, baseAmount, usageType, quantity, resourceName } = line;
  const name = usageName(usageType);
  const { category, subcategory, name: serviceName, resourceType } = focusServices[name];
  const meter = capitalised(usageCatalogue[name].label);
  const cost = costText(amount, unitSize);
  const price = unitPrice(line);
  const use = consumed(usageType, quantity);
  return {
    ...chargeValues(line, providerName),
    BilledCost: cost,
    ChargeCategory: 'Usage',
    ChargeDescription: `${meter}: ${resourceName}`,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: line.endedAt,
    ChargePeriodStart: line.startedAt,
    ConsumedQuantity: use.quantity,
    ConsumedUnit: use.unit,
    ContractedCost: cost,
    ContractedUnitPrice: price,
    EffectiveCost: cost,
    ListCost: cost,
    ListUnitPrice: price,
    PricingCategory: 'Standard',
    PricingQuantity: quotientText(BigInt(baseAmount), BigInt(unitSize)),
    PricingUnit: pricingUnits[line.unit],
    RegionId: line.zoneId,
    RegionName: line.zoneName ?? line.zoneId,
    ResourceId: line.resourceId,
    ResourceName: resourceName === '' ? null : resourceName,
    ResourceType: resourceType,
    ServiceCategory: category,
    ServiceName: serviceName,
    ServiceSubcategory: subcategory,
    SkuId: `${name}:${line.charge}`,
    SkuMeter: meter,
    SkuPriceDetails: JSON.stringify({ x_Tariff: line.tariffName, x_TariffUnit: line.unit }),
    SkuPriceId: line.tariffVersionId,
    Tags: keyValuesText(line.attributes.tags),
  };
}
