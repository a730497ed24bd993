/** A quota policy as the API has it. */
export interface QuotaPolicy {
  isEnforced: boolean;
  alertBelow: string[];
  graceAfterHours: number | null;
  stopAfterHours: number | null;
  lockAfterHours: number | null;
  version: number;
}

/** A quota policy as a form has it. */
export interface TypedPolicy {
  isEnforced: boolean;
  alertBelow: string;
  graceAfterHours: string;
  stopAfterHours: string;
  lockAfterHours: string;
  version: number | null;
}

export function typedPolicy(policy?: QuotaPolicy): TypedPolicy {
  const hours = (given: number | null | undefined) => given?.toString() ?? '';
  return {
    isEnforced: policy?.isEnforced ?? true,
    alertBelow: (policy?.alertBelow ?? []).join(', '),
    graceAfterHours: hours(policy?.graceAfterHours),
    stopAfterHours: hours(policy?.stopAfterHours),
    lockAfterHours: hours(policy?.lockAfterHours),
    version: policy?.version ?? null,
  };
}

/** Whether text is a whole number of hours, or says that a step is left out. */
export const isWhole = (text: string) => /^\d{0,4}$/.test(text.trim());

export function policyInput(typed: TypedPolicy) {
  const hours = (text: string) => (text.trim() === '' ? null : Number(text));
  return {
    isEnforced: typed.isEnforced,
    alertBelow: typed.alertBelow.split(/[\s,，;]+/).filter((amount) => amount !== ''),
    graceAfterHours: hours(typed.graceAfterHours),
    stopAfterHours: hours(typed.stopAfterHours),
    lockAfterHours: hours(typed.lockAfterHours),
    expectedVersion: typed.version,
  };
}
