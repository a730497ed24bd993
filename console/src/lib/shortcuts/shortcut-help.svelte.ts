/** Whether the overlay with all shortcuts is shown. */
class ShortcutHelp {
  isOpen = $state(false);

  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }
}

export const shortcutHelp = new ShortcutHelp();
