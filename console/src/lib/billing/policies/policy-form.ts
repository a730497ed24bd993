import type { QuotaPolicy } from './policy-queries.ts';

/** Whom a policy is for: one account, or a domain with those below. */
export interface PolicyOwner {
  kind: 'account' | 'domain';
  id: string;
}

/** A quota policy as a form has it. */
export interface TypedPolicy {
  isEnforced: boolean;
  alertBelow: string;
  graceAfterHours: string;
  stopAfterHours: string;
  lockAfterHours: string;
}

export type PolicyFacts = Omit<QuotaPolicy, 'id' | 'account' | 'domain'>;

/** Where there is none; of version 0, so that one that somebody sets meanwhile is not written over. */
export const noPolicy: PolicyFacts = {
  isEnforced: true,
  alertBelow: [],
  graceAfterHours: null,
  stopAfterHours: null,
  lockAfterHours: null,
  version: 0,
};

export function typedPolicy(policy: PolicyFacts): TypedPolicy {
  const hours = (given: number | null) => given?.toString() ?? '';
  return {
    isEnforced: policy.isEnforced,
    alertBelow: policy.alertBelow.join(', '),
    graceAfterHours: hours(policy.graceAfterHours),
    stopAfterHours: hours(policy.stopAfterHours),
    lockAfterHours: hours(policy.lockAfterHours),
  };
}

/** Amounts of money as they were typed. */
const amountsOf = (text: string) => text.split(/[\s,，;；]+/).filter((amount) => amount !== '');

/** Amounts of money as people read them. */
export const amountsAsTyped = (text: string): string => amountsOf(text).join(', ');

/** Whether nothing was typed since a policy was taken into the form. */
export const isUntouched = (typed: TypedPolicy, taken: TypedPolicy): boolean =>
  JSON.stringify(typed) === JSON.stringify(taken);

const mostHours = 8760;

/** Whether text is a whole number of hours, or says that a step is left out. */
export const isHours = (text: string): boolean =>
  /^\d{0,4}$/.test(text.trim()) && Number(text.trim()) <= mostHours;

export function policyInput(owner: PolicyOwner, typed: TypedPolicy, expectedVersion: number) {
  const hours = (text: string) => (text.trim() === '' ? null : Number(text));
  return {
    accountId: owner.kind === 'account' ? owner.id : null,
    domainId: owner.kind === 'domain' ? owner.id : null,
    isEnforced: typed.isEnforced,
    alertBelow: amountsOf(typed.alertBelow),
    graceAfterHours: hours(typed.graceAfterHours),
    stopAfterHours: hours(typed.stopAfterHours),
    lockAfterHours: hours(typed.lockAfterHours),
    expectedVersion,
  };
}
