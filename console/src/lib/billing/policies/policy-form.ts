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
  /** 0 where there was none: one that somebody sets meanwhile is not written over. */
  version: number;
}

type PolicyFacts = Omit<QuotaPolicy, 'id' | 'account' | 'domain'>;

export function typedPolicy(policy?: PolicyFacts): TypedPolicy {
  const hours = (given: number | null | undefined) => given?.toString() ?? '';
  return {
    isEnforced: policy?.isEnforced ?? true,
    alertBelow: (policy?.alertBelow ?? []).join(', '),
    graceAfterHours: hours(policy?.graceAfterHours),
    stopAfterHours: hours(policy?.stopAfterHours),
    lockAfterHours: hours(policy?.lockAfterHours),
    version: policy?.version ?? 0,
  };
}

/** Whether nothing was typed since a policy was taken into the form. */
export const isUntouched = (typed: TypedPolicy, taken: TypedPolicy): boolean =>
  JSON.stringify(typed) === JSON.stringify(taken);

const mostHours = 8760;

/** Whether text is a whole number of hours, or says that a step is left out. */
export const isHours = (text: string): boolean =>
  /^\d{0,4}$/.test(text.trim()) && Number(text.trim()) <= mostHours;

export function policyInput(owner: PolicyOwner, typed: TypedPolicy) {
  const hours = (text: string) => (text.trim() === '' ? null : Number(text));
  return {
    accountId: owner.kind === 'account' ? owner.id : null,
    domainId: owner.kind === 'domain' ? owner.id : null,
    isEnforced: typed.isEnforced,
    alertBelow: typed.alertBelow.split(/[\s,，;；]+/).filter((amount) => amount !== ''),
    graceAfterHours: hours(typed.graceAfterHours),
    stopAfterHours: hours(typed.stopAfterHours),
    lockAfterHours: hours(typed.lockAfterHours),
    expectedVersion: typed.version,
  };
}
