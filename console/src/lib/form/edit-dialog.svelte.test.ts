// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { ProblemError } from '../api/problem.ts';
import EditDialog from './EditDialog.svelte';
import { mergeFields } from './merge.ts';

interface Budget {
  version: number;
  name: string;
  amount: string;
}

const seen: Budget = { version: 1, name: 'Team', amount: '100' };
const typedOf = ({ name, amount }: Budget) => ({ name, amount });
const conflict = new ProblemError({
  ...{ code: 'VERSION_CONFLICT', message: 'changed meanwhile', violations: [], details: {} },
});

// What jsdom leaves out of browsers.
beforeAll(() => (Element.prototype.scrollIntoView = vi.fn()));
afterEach(cleanup);

function edit(of: Budget | undefined, theirs: Budget | null) {
  const typed = $state({ name: 'Team A', amount: '200' });
  const onSave = vi.fn<(sending: { expectedVersion: number }) => Promise<void>>();
  onSave.mockRejectedValueOnce(conflict).mockResolvedValue();
  render(EditDialog<Budget>, {
    ...{ title: 'Edit', action: 'Save', seen: of, onSave, onClose: vi.fn() },
    fields: mergeFields(() => typed, typedOf, { name: 'Name', amount: 'Amount' }),
    readNow: () => Promise.resolve(theirs),
    children: createRawSnippet(() => ({ render: () => '<p>Fields</p>' })),
  });
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Save' });
  // A press would send the form; jsdom does not look beyond it for the button's form.
  const save = () => fireEvent.submit(document.querySelector('form')!);
  return { typed, onSave, button, save };
}

it('shows what both have, lets one choose, and writes over what was shown', async () => {
  const { typed, onSave, button, save } = edit(seen, { version: 4, name: 'Team', amount: '300' });
  await save();
  const table = await screen.findByRole('table', { name: 'Both values' });
  expect(onSave.mock.lastCall?.[0]).toMatchObject({ expectedVersion: 1 });
  expect(table.textContent).toMatch(/Name.*Team.*Team A.*Amount.*100.*200.*300/s);
  // Both changed the amount.
  expect(button.disabled).toBe(true);
  await fireEvent.click(screen.getByRole('radio', { name: /300/ }));
  expect(button.disabled).toBe(false);
  await save();
  await waitFor(() => expect(onSave).toHaveBeenCalledTimes(2));
  expect(onSave.mock.lastCall?.[0]).toMatchObject({ expectedVersion: 4 });
  expect($state.snapshot(typed)).toEqual({ name: 'Team A', amount: '300' });
});

it('says what is wrong when the thing is gone meanwhile', async () => {
  const { save } = edit(seen, null);
  await save();
  expect((await screen.findByRole('alert')).textContent).toContain('changed meanwhile');
  expect(screen.queryByRole('table', { name: 'Both values' })).toBeNull();
});

it('saves nothing before it is known what there is', async () => {
  const { onSave, button, save } = edit(undefined, seen);
  expect(button.disabled).toBe(true);
  await save();
  expect(onSave).not.toHaveBeenCalled();
});
