import type { Locator, Page } from '@playwright/test';
import { untilQuiet } from './console-pages.ts';

/** What lies over a page. Drawers are dialogs as well, and so is what opens below a button of the header. */
const overlays =
  '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]:not([role="dialog"] *)';
/** What opens one says so to those who hear it, which is how it is found. */
const openers =
  'button[aria-haspopup], [role="menuitem"][aria-haspopup], input[role="combobox"], input[aria-autocomplete="list"]';
/** Rows of a list that are tried, where not everything can be done with the first. */
const rowsTried = 4;
const openMs = 10_000;

export interface Walk {
  /** Looks at what lies over the page, in the theme and language of the walk. */
  look: (name: string, overlay: string) => Promise<void>;
  /** Name of the message that a text was made of, when there is only one. */
  messageOf: (text: string) => string | undefined;
  /** The same of the title of a dialog. */
  titleOf: (text: string) => string | undefined;
  /** What was opened before, on other pages as well; grows. */
  seen: Set<string>;
  /** What a window tries to open now. */
  underWay: Map<string, Promise<void>>;
  /** Messages that were titles of dialogs; grows. */
  titles: Set<string>;
}

interface Opener {
  /** Finds it again, wherever it moves. */
  selector: string;
  /** Where it stands and what it is called, without names of things. */
  key: string;
  isOff: boolean;
}

let marks = 0;

/** Finds what opens something within a part of the page, and marks it. */
async function findOpeners(part: Locator, place: string, { messageOf }: Walk): Promise<Opener[]> {
  const first = marks;
  const found = await part.evaluate(
    (root, { selector, from }) =>
      [...root.querySelectorAll<HTMLElement>(selector)]
        .filter((each) => each.checkVisibility() && !each.matches(':disabled'))
        // The list of a field may be part of what it stands in.
        .filter((each) => !root.contains(document.getElementById(each.getAttribute('aria-controls') ?? '')))
        .map((each, index) => {
          each.dataset.opener = String(from + index);
          const label = each.getAttribute('aria-label') ?? each.innerText;
          return {
            label: each.getAttribute('aria-label'),
            id: each.id,
            name: label.split(/ — |\n/)[0]!.trim(),
            panel: each.closest('[role="tabpanel"]')?.id ?? '',
            isOff: each.ariaDisabled === 'true',
          };
        }),
    { selector: openers, from: first },
  );
  marks += found.length;
  return found.map(({ label, id, name, panel, isOff }, index) => {
    const message = messageOf(name);
    // “Edit” opens something else on each page, “Create budget” the same wherever it stands.
    const isOwn = message === undefined || message.startsWith('common_');
    const key = isOwn ? `${place} ${panel} ${message ?? name}` : message;
    // A button becomes another one, with the same id, when its menu is first opened.
    const mark = id === '' ? `[data-opener="${first + index}"]` : `[id=${JSON.stringify(id)}]`;
    const selector = label === null ? mark : `[aria-label=${JSON.stringify(label)}]`;
    return { selector: `${selector}:is(${openers})`, key, isOff };
  });
}

/** Opens and looks at all that a page has over it, each once, and at what that opens in turn. @returns what is wrong */
export class OverlayWalker {
  readonly problems: string[] = [];
  readonly #page: Page;
  readonly #walk: Walk;

  constructor(page: Page, walk: Walk) {
    this.#page = page;
    this.#walk = walk;
  }

  /** @param place kind of the page: its address without the thing that it is about */
  async visit(place: string): Promise<void> {
    const page = this.#page;
    // A drawer that the address opens lies over all else.
    if ((await this.#count()) > 0) {
      await this.#lookAt(`${place} at once`);
      await this.#close();
    }
    const row = page.locator('main tbody input[type="checkbox"]').first();
    if ((await row.count()) > 0) await row.check();
    const parts: [Locator, string][] = [
      [page.getByRole('banner'), 'shell'],
      [page.getByRole('main'), place],
    ];
    for (const [part, where] of parts) {
      // An address that leads nowhere has a page without them.
      if ((await part.count()) === 0) continue;
      const tried = new Map<string, number>();
      for (const opener of await findOpeners(part, where, this.#walk)) {
        const { seen, underWay } = this.#walk;
        const { key } = opener;
        const times = tried.get(key) ?? 0;
        if (opener.isOff || times >= rowsTried) continue;
        // Another window may be at it, and may find that here is more to open than there.
        while (underWay.has(key)) await underWay.get(key);
        if (seen.has(key)) continue;
        tried.set(key, times + 1);
        underWay.set(key, this.#tryOpener(opener));
        await underWay.get(key);
      }
    }
    if ((await row.count()) > 0) await row.uncheck();
  }

  /** Opens what is called so; what is called so elsewhere counts as seen, unless it may open more. */
  async #tryOpener(opener: Opener): Promise<void> {
    const { seen, underWay } = this.#walk;
    seen.add(opener.key);
    try {
      if (!(await this.#isAllOf(opener))) seen.delete(opener.key);
    } finally {
      underWay.delete(opener.key);
    }
  }

  /** @returns whether others that are called so open nothing more */
  async #isAllOf(opener: Opener): Promise<boolean> {
    if (!(await this.#press(opener))) return true;
    if ((await this.#top().getAttribute('role')) !== 'menu') {
      await this.#lookAt(opener.key);
      await this.#walkInside(opener);
      await this.#leave(opener);
      return true;
    }
    await this.#lookAt(opener.key);
    const isAllSeen = await this.#walkMenu(opener);
    if ((await this.#count()) > 0) await this.#leave(opener);
    return isAllSeen;
  }

  /** Opens what the items of an open menu open. @returns whether none of them was off */
  async #walkMenu(opener: Opener): Promise<boolean> {
    const { seen } = this.#walk;
    const items = async () => findOpeners(this.#top(), opener.key, this.#walk);
    const all = await items();
    for (const { key } of all.filter((item) => !item.isOff && !seen.has(item.key))) {
      if ((await this.#count()) === 0 && !(await this.#press(opener))) break;
      const item = (await items()).find((each) => each.key === key);
      seen.add(key);
      if (item === undefined || !(await this.#press(item, 1))) continue;
      await this.#lookAt(key);
      await this.#walkInside(item);
      await this.#leave(opener, key);
    }
    return all.every((item) => !item.isOff || seen.has(item.key));
  }

  /** Opens the lists of the fields of an open dialog. */
  async #walkInside({ key }: Opener): Promise<void> {
    const inside = await findOpeners(this.#top(), key, this.#walk);
    for (const field of inside.filter((each) => !each.isOff)) {
      if (this.#walk.seen.has(field.key)) continue;
      this.#walk.seen.add(field.key);
      if (!(await this.#press(field))) continue;
      await this.#lookAt(field.key);
      await this.#leave(field);
    }
  }

  /** @param closing overlays that close as the next one opens: the menu that something was chosen from */
  async #press({ selector, key }: Opener, closing = 0): Promise<boolean> {
    const before = await this.#page.locator(overlays).filter({ visible: true }).count();
    const opener = this.#page.locator(selector).filter({ visible: true }).first();
    // What is no longer there opens nothing: the list has changed meanwhile.
    if ((await opener.count()) === 0) return false;
    if ((await opener.getAttribute('type')) === 'button' || closing > 0) await opener.click();
    else await opener.press('ArrowDown');
    const wanted = before - closing + 1;
    const isOpen = () =>
      this.#page.waitForFunction(
        ({ all, count, isMenuGone }) => {
          const shown = [...document.querySelectorAll(all)].filter((each) => each.checkVisibility());
          return shown.length >= count && (!isMenuGone || shown.every((each) => each.role !== 'menu'));
        },
        { all: overlays, count: wanted, isMenuGone: closing > 0 },
        { timeout: openMs },
      );
    try {
      await isOpen();
    } catch {
      this.problems.push(`${key}: opens nothing`);
      return false;
    }
    await untilQuiet(this.#page);
    return true;
  }

  async #lookAt(key: string): Promise<void> {
    const { seen, titles, look, titleOf } = this.#walk;
    const top = this.#top();
    const title = await top.evaluate((overlay) => {
      overlay.setAttribute('data-looked-at', '');
      const labelledBy = overlay.getAttribute('aria-labelledby');
      return overlay.role === 'dialog'
        ? (overlay.ariaLabel ?? document.getElementById(labelledBy ?? '')?.textContent ?? '').trim()
        : '';
    });
    const message = titleOf(title);
    if (message !== undefined) titles.add(message);
    const looked = message ?? `look at ${key}`;
    if (!seen.has(looked)) {
      seen.add(looked);
      await look(`${key}: ${title}`, '[data-looked-at]');
    }
    await top.evaluate((overlay) => overlay.removeAttribute('data-looked-at'));
  }

  /** Closes the topmost overlay as everybody does; the focus has to be back on what opened it. */
  async #leave({ selector, key }: Opener, what = key): Promise<void> {
    await this.#close();
    const isBack = await this.#page
      .waitForFunction((opener) => document.activeElement?.matches(opener), selector, { timeout: openMs })
      .then(
        () => true,
        () => false,
      );
    if (isBack) return;
    const where = await this.#page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
    this.problems.push(`${what}: closing it leaves the focus at ${where}`);
  }

  async #close(): Promise<void> {
    const before = await this.#count();
    const isClosed = (timeout: number) =>
      this.#page.waitForFunction(
        ([all, count]) =>
          [...document.querySelectorAll(all)].filter((each) => each.checkVisibility()).length < count,
        [overlays, before] as const,
        { timeout },
      );
    await this.#page.keyboard.press('Escape');
    try {
      await isClosed(2000);
    } catch {
      // What shows something only once does not go away by a slip.
      if ((await this.#count()) >= before) await this.#top().locator('[data-dialog-close]').first().click();
      await isClosed(openMs);
    }
  }

  #count(): Promise<number> {
    return this.#page.locator(overlays).filter({ visible: true }).count();
  }

  #top(): Locator {
    return this.#page.locator(overlays).filter({ visible: true }).last();
  }
}
