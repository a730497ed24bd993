// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fillJsdomGaps } from '../testing/jsdom-gaps.ts';
import PickField from './PickField.svelte';

const refresh = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  fillJsdomGaps();
});
afterEach(cleanup);

async function open(source: { isFetching?: boolean; problem?: { message: string } }) {
  const { isFetching = false, problem } = source;
  render(PickField, {
    ...{ label: 'Account', value: '', chosenLabel: '', options: [], onSearch: vi.fn(), onChoose: vi.fn() },
    source: { isFetching, problem, refresh },
  });
  await fireEvent.click(screen.getByRole('combobox'));
  return screen.findByRole('listbox');
}

it('says that nothing matches once that is known, and until then that it looks', async () => {
  expect((await open({})).textContent.trim()).toBe('Nothing matches');
  cleanup();
  const list = await open({ isFetching: true });
  expect(list.textContent.trim()).toBe('');
  await waitFor(() => expect(list.textContent.trim()).toBe('Loading'));
});

it('says why there are no choices, and asks again when it is opened', async () => {
  const list = await open({ problem: { message: 'the server is away' } });
  expect(list.textContent).toContain('the server is away');
  expect(refresh).toHaveBeenCalledOnce();
});
