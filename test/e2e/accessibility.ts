import type { Page } from '@playwright/test';
import axe from 'axe-core';

declare global {
  interface Window {
    axe?: typeof axe;
  }
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules whose outcome a theme can change. */
export const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds in the page as it is now, each in one line.
 *
 * @param rules the ones to go by; unless told otherwise all of the standards
 * @param part selector of what is looked at; unless told otherwise the whole page
 */
export async function findBarriers(page: Page, rules?: string[], part?: string): Promise<string[]> {
  // It stays until the page is loaded anew: reading half a megabyte each time takes longer than looking.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  // Menus and lists lie over the page and belong to no part of it: axe's advice on landmarks is not for them.
  const isOver = part !== undefined || (await page.getByRole('menu').count()) > 0;
  const options: axe.RunOptions = {
    resultTypes: ['violations'],
    ...(rules === undefined
      ? { runOnly: standards, rules: { region: { enabled: !isOver } } }
      : { runOnly: { type: 'rule', values: rules } }),
  };
  const violations = await page.evaluate(
    async ([what, how]) => (await window.axe!.run(what ?? document, how)).violations,
    [part, options] as const,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
