// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import FormDialog from '../form/FormDialog.svelte';
import { ListAddress } from '../list/list-address.svelte.ts';
import FilterBox from '../list/filter/FilterBox.svelte';
import LabelFields from '../machines/change/LabelFields.svelte';
import Palette from '../palette/Palette.svelte';
import { fillJsdomGaps } from '../testing/jsdom-gaps.ts';
import Composing from './Composing.svelte';

const went = vi.hoisted(() => vi.fn());
vi.mock('$app/state', () => ({ page: { url: new URL('https://nephos.test/volumes') } }));
vi.mock('$app/navigation', () => ({
  goto: (to: URL | string) => {
    went(String(to));
    return Promise.resolve();
  },
}));

/** The Enter that takes what the input method proposes, as Chrome and Firefox say it, and as Safari does. */
const composed = [{ isComposing: true }, { keyCode: 229 }];

/** @returns whether the browser would do with it what it does with Enter */
const enter = (field: Element, of: object = {}) => fireEvent.keyDown(field, { key: 'Enter', ...of });

beforeAll(fillJsdomGaps);
beforeEach(() => {
  vi.clearAllMocks();
  render(Composing);
});
afterEach(cleanup);

describe.each(composed)('Enter that composes (%o)', (of) => {
  it('sends no form of a dialog, and Enter after it does', async () => {
    render(FormDialog, {
      title: 'Rename',
      action: 'Save',
      onSend: () => Promise.resolve(),
      onClose: () => undefined,
      children: createRawSnippet(() => ({ render: () => '<input aria-label="Name" />' })),
    });
    const field = screen.getByLabelText('Name');
    expect(await enter(field, of)).toBe(false);
    expect(await enter(field)).toBe(true);
  });

  it('adds no tag to those of a form, and takes none away', async () => {
    const labels = $state([{ key: '环境', value: '' }]);
    render(LabelFields, { legend: 'Tags', hint: '', labels });
    const field = screen.getAllByRole('textbox')[0]!;
    expect(await enter(field, of)).toBe(false);
    expect(labels).toHaveLength(1);
  });

  it('filters nothing, and Enter after it does', async () => {
    const list = new ListAddress({ fields: ['NAME'], order: { field: 'NAME', direction: 'ASC' } });
    render(FilterBox, { label: 'Find', list, keys: [] });
    const field = screen.getByRole('searchbox');
    await fireEvent.input(field, { target: { value: '北京' } });
    await enter(field, of);
    expect(went).not.toHaveBeenCalled();
    await enter(field);
    await waitFor(() => expect(went).toHaveBeenCalledWith(expect.stringContaining('q=%E5%8C%97%E4%BA%AC')));
  });

  it('chooses nothing in the palette, and Enter after it does', async () => {
    const onClose = vi.fn();
    render(Palette, { id: 'palette', text: '', onClose });
    const field = screen.getByRole('combobox');
    await waitFor(() => expect(document.querySelector('[data-selected]')).not.toBeNull());
    await enter(field, of);
    expect(onClose).not.toHaveBeenCalled();
    await enter(field);
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  });
});
