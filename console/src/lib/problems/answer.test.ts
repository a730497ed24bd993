// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Answer from './Answer.svelte';

const reported = vi.fn();
const refresh = vi.fn();
const problem = {
  ...{ code: 'INTERNAL', message: 'it broke', traceId: 'trace-17', violations: [], details: {} },
};

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal('reportError', reported);
});
afterEach(cleanup);

const shows = (text: (data: string) => string) =>
  createRawSnippet((data: () => string) => ({ render: () => `<p>${text(data())}</p>` }));

it('says why it could not be had, and leaves what was there', async () => {
  render(Answer<string>, { query: { data: 'four', problem, refresh }, children: shows((data) => data) });
  expect(screen.getByText('four')).toBeTruthy();
  expect(screen.getByRole('alert').textContent).toContain('trace-17');
  await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  expect(refresh).toHaveBeenCalledOnce();
});

it('shows neither content nor skeleton where nothing came', () => {
  render(Answer<string>, { query: { data: undefined, problem, refresh }, children: shows((data) => data) });
  expect(screen.getByRole('alert')).toBeTruthy();
  expect(screen.queryByRole('status')).toBeNull();
});

it('says that it could not be drawn, tells whoever watches, and draws it on Retry', async () => {
  let isBroken = true;
  const fragile = shows((data) => {
    if (isBroken) throw new Error('no such month');
    return data;
  });
  render(Answer<string>, { query: { data: 'four', problem: undefined, refresh }, children: fragile });
  expect(screen.getByRole('alert').textContent).toContain('no such month');
  expect(reported).toHaveBeenCalledWith(new Error('no such month'));
  isBroken = false;
  await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(screen.getByText('four')).toBeTruthy());
  expect(screen.queryByRole('alert')).toBeNull();
});
