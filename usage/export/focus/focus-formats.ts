const sizes = [
  'b',
  'B',
  ...['K', 'M', 'G', 'T', 'P', 'E'].flatMap((p) => [`${p}b`, `${p}B`, `${p}ib`, `${p}iB`]),
];
const times = ['Year', 'Month', 'Day', 'Hour', 'Minute', 'Second'];
const time = times.join('|');
/** Sizes are their own plural; a count is any noun with a capital; a time is one of a few. */
const singular = `(?:${sizes.join('|')}|[A-Z][a-z]+)`;
const plural = `(?:${sizes.join('|')}|[A-Z][a-z]+s)`;
const unit = new RegExp(
  `^(?:(?:[1-9]\\d* )?${plural}|${singular}-(?:${time})s|${plural}/(?:${time})|${plural}/[1-9]\\d* (?:${time})s)$`,
);

/** Whether a text is a unit as the specification writes them: `Hours`, `GiB-Hours`, `1000 Requests`. */
export function isFocusUnit(text: string): boolean {
  return unit.test(text);
}

/** Whether a text is a number as the specification writes them: digits, one point, a minus, perhaps an exponent. */
export function isFocusNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:E-?\d+)?$/.test(text);
}

/** Whether a text is a JSON object whose values are no objects or lists. */
export function isKeyValue(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((each) => typeof each !== 'object' || each === null)
    );
  } catch {
    return false;
  }
}
