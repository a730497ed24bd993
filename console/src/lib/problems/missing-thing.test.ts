// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import MissingThing from './MissingThing.svelte';

const words = { notFound: 'There is no such disk', href: '/volumes', list: 'All disks' };
const problem = { code: 'INTERNAL' as const, message: 'it broke', violations: [], details: {} };

beforeEach(() => {
  document.title = 'The page before';
});
afterEach(cleanup);

it('says that the thing does not exist, in the title too, and leads to the list', () => {
  render(MissingThing, { ...words, query: { problem: undefined, isFetching: false, refresh: vi.fn() } });
  expect(document.title).toBe('There is no such disk · Nephos');
  expect(screen.getByRole('heading', { level: 1, name: 'There is no such disk' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'All disks' }).getAttribute('href')).toBe('/volumes');
});

it('says why it could not be had, and asks again', async () => {
  const refresh = vi.fn();
  render(MissingThing, { ...words, query: { problem, isFetching: false, refresh } });
  expect(document.title).toBe('All disks · Nephos');
  await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  expect(refresh).toHaveBeenCalledOnce();
  expect(screen.queryByText('There is no such disk')).toBeNull();
});

it('says nothing of the kind while it is being asked for', () => {
  render(MissingThing, { ...words, query: { problem: undefined, isFetching: true, refresh: vi.fn() } });
  expect(screen.getByRole('status')).toBeTruthy();
  expect(screen.queryByText('There is no such disk')).toBeNull();
});
