import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules whose outcome a theme can change. */
export const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds in the page as it is now, each in one line.
 *
 * @param rules the ones to go by; unless told otherwise all of the standards
 */
export async function findBarriers(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  if (rules === undefined) {
    // Menus lie over the page and belong to no part of it: axe's advice on landmarks is not for them.
    const isMenuOpen = (await page.getByRole('menu').count()) > 0;
    axe.withTags(standards).disableRules(isMenuOpen ? ['region'] : []);
  } else {
    axe.withRules(rules);
  }
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
