// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { api } from './connection.svelte.ts';
import { graphql } from './graphql.ts';
import { askAhead, LiveQuery } from './query.svelte.ts';

const query = graphql('query Zone($id: ID!) { zone(id: $id) { id name } }');
const answer = JSON.stringify({ data: { zone: { __typename: 'Zone', id: 'zone_1', name: 'north' } } });
const asked = vi.fn(() =>
  Promise.resolve(new Response(answer, { headers: { 'content-type': 'application/json' } })),
);
let end: () => void = () => undefined;

beforeEach(() => {
  vi.stubGlobal('fetch', asked);
  asked.mockClear();
  api.reset();
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What a page that shows the zone would make. */
function show(): LiveQuery<unknown, { id: string }> {
  let live: LiveQuery<unknown, { id: string }> | undefined;
  end = $effect.root(() => {
    live = new LiveQuery(query, () => ({ id: 'zone_1' }));
  });
  flushSync();
  return live!;
}

/** When all that was to be asked was asked. */
const settled = () => new Promise((done) => setTimeout(done, 20));

const name = (live: LiveQuery<unknown, { id: string }>) =>
  (live.data as { zone: { name: string } } | undefined)?.zone.name;

it('takes an answer that was asked for ahead, and asks for it once', async () => {
  askAhead(query, { id: 'zone_1' });
  const live = show();
  await vi.waitFor(() => expect(name(live)).toBe('north'));
  await settled();
  expect(asked).toHaveBeenCalledOnce();
});

it('has it at once where it came before the page did', async () => {
  askAhead(query, { id: 'zone_1' });
  await vi.waitFor(() => expect(api.client.readQuery(query, { id: 'zone_1' })?.data).toBeTruthy());
  expect(name(show())).toBe('north');
  await settled();
  expect(asked).toHaveBeenCalledOnce();
});

it('leaves what is known to the page, which shows it at once and asks for it once more', async () => {
  const before = show();
  await vi.waitFor(() => expect(name(before)).toBe('north'));
  end();
  askAhead(query, { id: 'zone_1' });
  expect(name(show())).toBe('north');
  await settled();
  expect(asked).toHaveBeenCalledTimes(2);
});

it('asks again for what was asked for ahead long ago, and for what was taken before', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  askAhead(query, { id: 'zone_1' });
  await vi.waitFor(() => expect(api.client.readQuery(query, { id: 'zone_1' })?.data).toBeTruthy());
  vi.advanceTimersByTime(60_000);
  show();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  end();
  show();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(3));
});
