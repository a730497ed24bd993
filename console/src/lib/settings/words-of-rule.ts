/** The words that a rule of the server leaves one to choose from; `undefined` where anything else may be written. */
export function wordsOf(rule: string): string[] | undefined {
  if (rule === 'true or false') return ['true', 'false'];
  const [, words] = /^one of (.+)$/.exec(rule) ?? [];
  return words?.split(', ');
}
