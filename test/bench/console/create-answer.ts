import { expect, type Page } from '@playwright/test';
import { fillDeployForm } from '../../support/deploy-form.ts';

/**
 * Creates machines as somebody would who begins with an empty form.
 *
 * @returns of each the milliseconds from the click until the page of the machine was painted, with its name and the steps
 *   of its job
 */
export async function createAnswers(page: Page, url: string, count: number): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let round = 0; round < count; round++)
    milliseconds.push(await createAnswer(page, url, `made-${round}`));
  return milliseconds;
}

async function createAnswer(page: Page, url: string, name: string): Promise<number> {
  await page.goto(`${url}/virtual-machines/new`);
  await fillDeployForm(page, name);
  // Who reads where it fits has been told.
  await expect(page.getByRole('status').filter({ hasText: 'There is room for it' })).toBeVisible();
  const answer = page.evaluate(firstStepMs, name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  return answer;
}

/** Runs in the page. */
function firstStepMs(name: string): Promise<number> {
  return new Promise((resolve) => {
    let clickedAt = 0;
    addEventListener('click', (event) => (clickedAt = event.timeStamp), { capture: true, once: true });
    const observer = new MutationObserver(() => {
      const title = document.querySelector('main h1')?.textContent;
      if (title !== name || document.querySelector('main article ol li') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - clickedAt));
    });
    observer.observe(document, { childList: true, characterData: true, subtree: true });
  });
}
