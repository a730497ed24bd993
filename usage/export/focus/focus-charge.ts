import type { FocusValues } from './focus-column.ts';
import { presentFocusColumns } from './focus-columns.ts';

/**
 * What every row says: who pays, for which month, on which statement. Names are those of the moment when the file is made;
 * the account is called as on its statement.
 */
export interface FocusCharge {
  id: string;
  accountId: string;
  /** `null` for one that is gone. */
  accountName: string | null;
  isProject: boolean;
  /** Of an account that is gone `null`, where nothing else says it. */
  domainId: string | null;
  domainName: string | null;
  currency: string;
  monthStartsAt: Date;
  monthEndsAt: Date;
  /** Number of the statement or credit note that it is on; `null` while it is on none. */
  invoiceNumber: string | null;
  /** Who sent that, as it says. */
  invoiceIssuer: string | null;
  /** Whether it corrects a month of which the account had its statement already. */
  isCorrection: boolean;
}

const noValues: FocusValues = Object.fromEntries(presentFocusColumns.map(({ id }) => [id, null]));

/**
 * Cells that all rows have; the others hold nothing. The account is the billing account, since it gets the statements;
 * and none is below it.
 * @param providerName who sells, and sends what is on no statement yet
 */
export function chargeValues(charge: FocusCharge, providerName: string): FocusValues {
  return {
    ...noValues,
    BillingAccountId: charge.accountId,
    BillingAccountName: charge.accountName ?? charge.accountId,
    BillingAccountType: charge.isProject ? 'Project' : 'Account',
    BillingCurrency: charge.currency,
    BillingPeriodEnd: charge.monthEndsAt,
    BillingPeriodStart: charge.monthStartsAt,
    ChargeClass: charge.isCorrection ? 'Correction' : null,
    InvoiceId: charge.invoiceNumber,
    InvoiceIssuerName: charge.invoiceIssuer ?? providerName,
    ProviderName: providerName,
    PublisherName: providerName,
  };
}
