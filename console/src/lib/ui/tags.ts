/** Tags that were typed one after another, with commas or spaces between them. */
export function tagsOf(text: string): string[] {
  return text.split(/[,，\s]+/).filter((tag) => tag !== '');
}

/** As a field shows them, to be typed on. */
export const tagText = (tags: readonly string[]): string => tags.join(', ');
