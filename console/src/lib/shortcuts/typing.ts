/** Where keys are for what has the focus: fields, menus, and the screens of machines. */
const takers =
  'input, textarea, select, canvas, [contenteditable], [role="menu"], [role="listbox"], [role="combobox"]';

/** Whether a key is for something else than the page: it is typed, composed, or a dialog is open. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return true;
  const { target } = event;
  if (target instanceof Element && target.closest(takers) !== null) return true;
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}
