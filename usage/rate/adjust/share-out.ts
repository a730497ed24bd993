/** A part of an amount, as a fraction; all parts have the same denominator. */
export interface Share<Of> {
  of: Of;
  numerator: bigint;
}

/** A quotient as a whole number; halves go away from zero. */
export function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * size + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/**
 * Shares as whole numbers whose sum is the rounded sum of the exact ones: each is rounded down, and what is missing goes to
 * those that lost most by it, the first of equals first. So no share is a whole one off.
 */
export function shareOut<Of>(shares: readonly Share<Of>[], denominator: bigint): [Of, bigint][] {
  const total = shares.reduce((sum, { numerator }) => sum + numerator, 0n);
  const whole = shares.map(({ numerator }) => flooredQuotient(numerator, denominator));
  let missing = whole.reduce((rest, each) => rest - each, roundedQuotient(total, denominator));
  const byLoss = shares
    .map(({ numerator }, index) => ({ index, lost: numerator - (whole[index] ?? 0n) * denominator }))
    .sort((a, b) => (a.lost === b.lost ? a.index - b.index : a.lost > b.lost ? -1 : 1));
  for (const { index } of byLoss) {
    if (missing === 0n) break;
    whole[index] = (whole[index] ?? 0n) + 1n;
    missing--;
  }
  return shares.map(({ of }, index) => [of, whole[index] ?? 0n]);
}

function flooredQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}
