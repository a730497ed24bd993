export interface Label {
  key: string;
  value: string;
}

/** Labels as the API takes them: lines that were left empty say nothing. */
export function labelsInput(labels: readonly Label[]): Label[] {
  return labels
    .map(({ key, value }) => ({ key: key.trim(), value: value.trim() }))
    .filter(({ key, value }) => key !== '' || value !== '');
}

/** Labels in words: `tier: web, owner: ops`. */
export function labelsText(labels: readonly Label[]): string {
  return labels.map(({ key, value }) => (value === '' ? key : `${key}: ${value}`)).join(', ');
}
