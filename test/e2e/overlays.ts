import type { Locator, Page } from '@playwright/test';

const overlays = '[role="dialog"], [role="alertdialog"], [role="menu"]';
/** Longer than anything takes to open, though its code may have to come first. */
const openingMs = 500;

const topmost = (page: Page) => page.locator(overlays).filter({ visible: true }).last();

/** Buttons of a page by their names; those of table headings, and of the rows below the first, open nothing new. */
async function openers(page: Page): Promise<string[]> {
  const buttons = page.locator(
    ':is(main, header) button:visible:enabled:not(thead button, tr:not(:first-child) button)',
  );
  const names = await buttons.evaluateAll((all) =>
    all.map((button) => button.getAttribute('aria-label') ?? (button as HTMLElement).innerText.trim()),
  );
  return [...new Set(names)].filter((name) => name !== '');
}

/** Presses something. @returns whether it opened an overlay */
async function opens(page: Page, opener: Locator): Promise<boolean> {
  const before = await page.locator(overlays).filter({ visible: true }).count();
  await opener.click({ timeout: 2000 }).catch(() => undefined);
  return page
    .waitForFunction(
      ([selector, count]) =>
        [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility()).length > count,
      [overlays, before] as const,
      { timeout: openingMs },
    )
    .then(
      () => true,
      () => false,
    );
}

async function closeAll(page: Page, address: string): Promise<void> {
  for (let tries = 0; tries < 4 && (await topmost(page).count()) > 0; tries++) {
    await page.keyboard.press('Escape');
    // What closes may fade.
    await page.waitForTimeout(50);
  }
  if ((await topmost(page).count()) > 0 || page.url() !== address) await page.goto(address);
}

/**
 * Opens whatever menus and dialogs a page has, and what their items open, each once.
 *
 * @param seen what was looked at before, on other pages too; grows
 * @param isLeftOut names of buttons and items that must not be pressed
 */
export async function walkOverlays(
  page: Page,
  seen: Set<string>,
  isLeftOut: (name: string) => boolean,
  look: (name: string) => Promise<void>,
): Promise<void> {
  const address = page.url();
  /** @returns whether it was not seen before */
  const lookOnce = async (name: string) => {
    const heading = topmost(page).getByRole('heading').first();
    const title = (await heading.count()) > 0 ? await heading.innerText() : name;
    if (seen.has(title)) return false;
    seen.add(title);
    await look(title);
    return true;
  };
  for (const name of (await openers(page)).filter((each) => !seen.has(each) && !isLeftOut(each))) {
    seen.add(name);
    const opener = page.getByRole('button', { name, exact: true }).first();
    if (await opens(page, opener)) {
      const isMenu = (await topmost(page).getAttribute('role')) === 'menu';
      await lookOnce(isMenu ? `menu of ${name}` : name);
      const items = isMenu ? await topmost(page).getByRole('menuitem').allInnerTexts() : [];
      for (const item of items.filter((each) => !isLeftOut(each))) {
        await closeAll(page, address);
        if (!(await opens(page, opener))) break;
        const entry = topmost(page).getByRole('menuitem', { name: item, exact: true }).first();
        if ((await entry.getAttribute('aria-disabled')) === 'true' || (await entry.count()) === 0) continue;
        await entry.click();
        await page.waitForTimeout(openingMs / 2);
        if ((await topmost(page).count()) > 0) await lookOnce(item);
      }
    }
    await closeAll(page, address);
  }
}
