/** Every word of a kind as a choice, in the order in which they are written. */
export function optionsOf<Value extends string>(
  labels: Record<Value, () => string>,
): { value: Value; label: string }[] {
  return (Object.keys(labels) as Value[]).map((value) => ({ value, label: labels[value]() }));
}
