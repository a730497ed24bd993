const storageKey = 'nephos.navigation.folded';

function remembered(): string[] {
  try {
    const names: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** Which groups of the navigation are folded; this browser remembers it. */
class FoldedGroups {
  #names = $state.raw(remembered());

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  toggle(name: string): void {
    this.#names = this.has(name) ? this.#names.filter((each) => each !== name) : [...this.#names, name];
    localStorage.setItem(storageKey, JSON.stringify(this.#names));
  }
}

export const foldedGroups = new FoldedGroups();
