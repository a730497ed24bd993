import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds in the page as it is now, each in one line. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Menus lie over the page and belong to no part of it: axe's advice on landmarks is not for them.
  const isMenuOpen = (await page.getByRole('menu').count()) > 0;
  const axe = new AxeBuilder({ page }).withTags(standards).disableRules(isMenuOpen ? ['region'] : []);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
