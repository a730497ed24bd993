/**
 * A value inside an LDAP filter (RFC 4515): what means something there is written as two hexadecimal digits, so that
 * it can only ever be compared with.
 */
export function escapeFilterValue(text: string): string {
  return text.replaceAll(/[\\*()\0]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A filter with values in the places of `{name}`. */
export function filterFrom(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, name: string) =>
    name in values ? escapeFilterValue(values[name] ?? '') : place,
  );
}
