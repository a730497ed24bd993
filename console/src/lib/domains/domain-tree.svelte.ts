import { SvelteMap } from 'svelte/reactivity';

/** Which branches of the tree are open. */
export class DomainTree {
  readonly #toggled = new SvelteMap<string, boolean>();
  readonly #chosenPath: () => string | undefined;
  /** The domain that the Tab key leads to; without any: the chosen one. */
  focusedId = $state<string>();

  /** @param chosenPath path of the domain that is shown: the way to it is open, until somebody closes it */
  constructor(chosenPath: () => string | undefined) {
    this.#chosenPath = chosenPath;
  }

  isOpen(domain: { id: string; path: string; subdomainCount: number }, isTop: boolean): boolean {
    if (domain.subdomainCount === 0) return false;
    return this.#toggled.get(domain.id) ?? (isTop || this.#leadsToChosen(domain.path));
  }

  /** What is closed may hold what the keyboard was at: it goes on from here. */
  setOpen(id: string, isOpen: boolean): void {
    this.#toggled.set(id, isOpen);
    this.focusedId = id;
  }

  /** Another domain was chosen: nothing that was closed hides it, and the keyboard begins there. */
  reveal(): void {
    for (const [id, isOpen] of [...this.#toggled]) if (!isOpen) this.#toggled.delete(id);
    this.focusedId = undefined;
  }

  #leadsToChosen(path: string): boolean {
    const chosen = this.#chosenPath();
    return chosen !== undefined && (path === '/' ? chosen !== '/' : chosen.startsWith(`${path}/`));
  }
}

/** What a key does in the tree, given the items that are shown, from top to bottom. */
export function moveInTree(event: KeyboardEvent): void {
  const item = (event.target as HTMLElement).closest<HTMLElement>('[role="treeitem"]');
  const tree = item?.closest('[role="tree"]');
  if (item == null || tree == null || event.ctrlKey || event.metaKey || event.altKey) return;
  const items = [...tree.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const index = items.indexOf(item);
  const isOpen = item.getAttribute('aria-expanded');
  const toggle = () => item.dispatchEvent(new CustomEvent('toggle-branch', { bubbles: false }));
  const branchAbove = item.closest('li')?.parentElement?.closest('li');
  const parent = () => branchAbove?.querySelector<HTMLElement>('[role="treeitem"]');
  const actions: Record<string, () => void> = {
    ArrowDown: () => items[index + 1]?.focus(),
    ArrowUp: () => items[index - 1]?.focus(),
    Home: () => items[0]?.focus(),
    End: () => items.at(-1)?.focus(),
    ArrowRight: () => (isOpen === 'false' ? toggle() : isOpen === 'true' && items[index + 1]?.focus()),
    ArrowLeft: () => (isOpen === 'true' ? toggle() : parent()?.focus()),
    Enter: () => item.querySelector<HTMLElement>('[data-choose]')?.click(),
    ' ': () => item.querySelector<HTMLElement>('[data-choose]')?.click(),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}
