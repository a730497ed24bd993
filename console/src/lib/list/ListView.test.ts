// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../api/problem.ts';
import type { Column } from './columns.ts';
import { ListAddress } from './list-address.svelte.ts';
import ListView from './ListView.svelte';

const place = vi.hoisted(() => ({ url: new URL('https://nephos.test/volumes'), goto: vi.fn() }));
vi.mock('$app/state', () => ({
  page: {
    get url() {
      return place.url;
    },
  },
}));
vi.mock('$app/navigation', () => ({
  goto: (url: URL) => {
    place.goto(url.search);
    return Promise.resolve();
  },
}));

const none = {
  nodes: [],
  totalCount: 0,
  isTotalEstimated: false,
  startPosition: 0,
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};
const columns: Column<'NAME', { id: string }>[] = [{ id: 'name', title: 'Name', text: ({ id }) => id }];
const refresh = vi.fn();

function show(options: { problem?: Problem; isAnswered?: boolean } = {}) {
  const { problem, isAnswered = true } = options;
  return render(ListView<{ id: string }, 'NAME'>, {
    label: 'Disks',
    searchLabel: 'Find disks',
    list: new ListAddress({ fields: ['NAME'], order: { field: 'NAME', direction: 'ASC' } }),
    query: { problem, answeredFor: {}, refresh },
    connection: isAnswered ? none : undefined,
    columns,
    empty: createRawSnippet(() => ({
      render: () => '<p>None was made yet. <a href="/new">Make one</a></p>',
    })),
  });
}

const problem = (code: string, details = {}): Problem => ({
  code,
  message: 'it broke',
  cause: 'the pool is full',
  traceId: 'trace-17',
  violations: [],
  details,
});

beforeEach(() => {
  place.url = new URL('https://nephos.test/volumes');
  vi.clearAllMocks();
});
afterEach(cleanup);

describe('an empty list', () => {
  it('says that there is none yet, and what to do', () => {
    show();
    expect(screen.getByText(/None was made yet/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Make one' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Clear filters' })).toBeNull();
  });

  it('says that all are filtered out, and clears the filters', async () => {
    place.url = new URL('https://nephos.test/volumes?q=web&state=READY&sort=NAME:DESC');
    show();
    expect(screen.getByText('Nothing matches the filter')).toBeTruthy();
    expect(screen.queryByText(/None was made yet/)).toBeNull();
    await fireEvent.click(screen.getAllByRole('button', { name: 'Clear filters' }).at(-1)!);
    expect(place.goto).toHaveBeenCalledWith('?sort=NAME%3ADESC');
  });

  it('says that the role does not allow it, which right is missing, and where one’s rights stand', () => {
    show({ problem: problem('FORBIDDEN', { permission: 'volume.list' }), isAnswered: false });
    expect(screen.getByText('Your role does not let you see this')).toBeTruthy();
    expect(screen.getByText(/volume\.list/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'What your role allows' }).getAttribute('href')).toBe('/profile');
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
  });
});

describe('a list that could not be had', () => {
  it('says the cause and the trace, and asks again', async () => {
    show({ problem: problem('INTERNAL'), isAnswered: false });
    const notice = screen.getByRole('alert');
    expect(notice.textContent).toContain('Cause: the pool is full');
    expect(notice.textContent).toContain('trace-17');
    await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(refresh).toHaveBeenCalledOnce();
  });

  it('lets what was there before stay', () => {
    show({ problem: problem('NETWORK') });
    expect(screen.getByRole('alert')).toBeTruthy();
    expect(screen.getByText(/None was made yet/)).toBeTruthy();
  });
});

describe('a list that is on its way', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('keeps its room, and shows a skeleton only after 150 ms', async () => {
    show({ isAnswered: false });
    const status = screen.getByRole('status');
    expect(status.style.minHeight).toBe('16rem');
    await vi.advanceTimersByTimeAsync(149);
    expect(status.textContent).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(status.textContent).toContain('Loading');
    expect(status.querySelectorAll('div')).toHaveLength(8);
  });
});
