/** What a key means in a list. */
export type ListKey = 'filter' | 'down' | 'up' | 'open' | 'select' | 'selectRange' | 'leave';

const meanings: Readonly<Record<string, ListKey>> = {
  '/': 'filter',
  j: 'down',
  k: 'up',
  Enter: 'open',
  x: 'select',
  X: 'selectRange',
  Escape: 'leave',
};

/** What takes keys itself: there they are letters. */
const writing =
  'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=menu], [role=listbox], [role=dialog], [role=alertdialog]';
/** While one of these is open, the list behind it hears nothing. */
const overlays = '[role=menu], [role=dialog], [role=alertdialog]';

/** What a key that was pressed means in a list; `undefined` when it means something else, or nothing. */
export function listKeyOf(event: KeyboardEvent): ListKey | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest(writing) !== null) return;
  return document.querySelector(overlays) === null ? meanings[event.key] : undefined;
}

const lists: HTMLElement[] = [];

/** Notes a list that is on the page. @returns a function that forgets it */
export function noteList(element: HTMLElement): () => void {
  lists.push(element);
  return () => lists.splice(lists.indexOf(element), 1);
}

/** Whether keys are for this list: the one with the focus in it, else the first that can be seen. */
export function hearsKeys(element: HTMLElement): boolean {
  const focused = lists.find((list) => list.contains(document.activeElement));
  return (focused ?? lists.find((list) => list.offsetParent !== null)) === element;
}
