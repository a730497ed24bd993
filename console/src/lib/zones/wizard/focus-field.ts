/** Puts the focus where a value is typed, by the API's name of it; where there is no such field, into the part it is of. */
export function focusField(field: string): void {
  for (let name = field; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const place = document.querySelector(`[data-field="${CSS.escape(name)}"]`);
    const control = place?.querySelector<HTMLElement>('input, select, textarea, button');
    if (control == null) continue;
    control.focus();
    control.scrollIntoView({ block: 'center' });
    return;
  }
}
