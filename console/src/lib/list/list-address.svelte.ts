import { goto } from '$app/navigation';
import { page } from '$app/state';
import { nameProject } from '../projects/project-address.ts';
import { projectScope } from '../projects/project-scope.svelte.ts';
import { listLook } from './columns/list-look.svelte.ts';
import { readOrder, writeOrder, type Order } from './list-order.ts';

interface ListAddressOptions<Field extends string> {
  /** What the list can be ordered by. */
  fields: readonly Field[];
  /** The order when the address names none. */
  order: Order<Field>;
  /** Rows of a page, for whoever chose no other number. */
  pageSize?: number;
  /** The most rows a page may have: for rows that are long themselves. */
  largestPage?: number;
  /** Names in the address that say what the page is about, and narrow nothing: the account that is looked at. */
  subject?: readonly string[];
  /** The address of a page that is on its way; that of the page which is shown when left out. */
  url?: URL;
}

interface PageEdges {
  startCursor: string | null;
  endCursor: string | null;
}

/** Names in the address that say where one is in a list, and narrow nothing. */
const placeNames = ['after', 'before', 'last'];

/**
 * Where one is in a list: text, filters, order and place are in the address of the page, so that a reload, a bookmark
 * and a link sent to somebody show the same.
 */
export class ListAddress<Field extends string> {
  readonly #options: ListAddressOptions<Field>;
  /** Where the page is on its way to: a change that comes meanwhile adds to it. */
  #goingTo: URL | undefined;
  readonly search = $derived(this.#url.searchParams.get('q') ?? '');
  readonly #after = $derived(this.#url.searchParams.get('after'));
  readonly #before = $derived(this.#url.searchParams.get('before'));
  readonly #last = $derived(Number(this.#url.searchParams.get('last') ?? 0));
  readonly #sort = $derived(this.#url.searchParams.get('sort'));

  constructor(options: ListAddressOptions<Field>) {
    this.#options = options;
  }

  get #url(): { searchParams: Pick<URLSearchParams, 'get' | 'getAll'> } {
    return this.#options.url ?? page.url;
  }

  get order(): Order<Field> {
    return readOrder(this.#sort, this.#options);
  }

  /** Whether anything narrows the list. */
  get isFiltered(): boolean {
    const ours = new Set([...placeNames, 'open', 'project', 'sort', 'tab', ...this.#subject]);
    return [...page.url.searchParams.keys()].some((name) => !ours.has(name));
  }

  get #subject(): readonly string[] {
    return this.#options.subject ?? [];
  }

  get isFirstPage(): boolean {
    return this.#after === null && this.#before === null && !this.#isLastPage;
  }

  get #isLastPage(): boolean {
    return Number.isInteger(this.#last) && this.#last >= 1 && this.#last <= this.pageSize;
  }

  /** Rows of a page. */
  get pageSize(): number {
    const { pageSize = 50, largestPage = 500 } = this.#options;
    return Math.min(listLook.pageSize ?? pageSize, largestPage);
  }

  /** The most rows a page may have. */
  get largestPage(): number {
    return this.#options.largestPage ?? 500;
  }

  /** What every list asks for. */
  get variables() {
    return { ...this.#place, search: this.search === '' ? null : this.search, orderBy: this.order };
  }

  get #place() {
    if (this.#isLastPage) return { last: this.#last };
    return this.#before === null
      ? { first: this.pageSize, after: this.#after }
      : { last: this.pageSize, before: this.#before };
  }

  /** The values of a filter: `state=RUNNING&state=STOPPED`. Others than those allowed are left out. */
  chosen<Value extends string>(name: string, allowed: readonly Value[]): Value[] {
    const given = this.#url.searchParams.getAll(name);
    return allowed.filter((value) => given.includes(value));
  }

  /** The value of a filter that has only one. */
  value(name: string): string | undefined {
    const value = this.#url.searchParams.get(name);
    return value === null || value === '' ? undefined : value;
  }

  /** All values of a filter, whatever they are. */
  values(name: string): string[] {
    return this.#url.searchParams.getAll(name).filter((value) => value !== '');
  }

  /** What narrows and orders the list, as it stands in an address: the same page for whoever opens it. */
  get view(): string {
    const kept = [...page.url.searchParams].filter(
      ([name]) => ![...placeNames, 'open', 'project'].includes(name),
    );
    return new URLSearchParams(kept).toString();
  }

  /** Shows what a view narrows and orders the list to, and nothing else. */
  show(view: string): void {
    const names = new Set([...page.url.searchParams.keys()].filter((name) => name !== 'project'));
    const wanted = new URLSearchParams(view);
    for (const name of wanted.keys()) names.add(name);
    this.#change(Object.fromEntries([...names].map((name) => [name, wanted.getAll(name)])));
  }

  setSearch(text: string): void {
    this.#change({ q: text === '' ? [] : [text] });
  }

  setFilter(name: string, values: readonly string[]): void {
    this.#change({ [name]: values });
  }

  /** Several filters at once. */
  setFilters(filters: Record<string, readonly string[]>): void {
    this.#change(filters);
  }

  /** Orders by a field; by the one it is ordered by already: the other way round. */
  sortBy(field: Field): void {
    const { order } = this;
    const direction = order.field === field && order.direction === 'ASC' ? 'DESC' : 'ASC';
    this.#change({ sort: [writeOrder({ field, direction })] });
  }

  clear(): void {
    const kept = new Set(['sort', 'tab', ...this.#subject]);
    const names = [...page.url.searchParams.keys()].filter((name) => !kept.has(name));
    this.#change(Object.fromEntries(names.map((name) => [name, []])));
  }

  toNext({ endCursor }: PageEdges): void {
    if (endCursor !== null) this.#change({ after: [endCursor] });
  }

  toPrevious({ startCursor }: PageEdges): void {
    if (startCursor !== null) this.#change({ before: [startCursor] });
  }

  toFirst(): void {
    this.#change({});
  }

  /** To the last page, which ends the list: as long as it is when one comes there page by page. */
  toLast(totalCount: number): void {
    this.#change({ last: [String(totalCount % this.pageSize || this.pageSize)] });
  }

  /** Every change but that of the page leads to the first page. */
  #change(values: Record<string, readonly string[]>): void {
    const from = this.#goingTo?.pathname === page.url.pathname ? this.#goingTo : page.url;
    const url = new URL(from.href);
    for (const [name, each] of Object.entries({ after: [], before: [], last: [], ...values })) {
      url.searchParams.delete(name);
      for (const value of each) url.searchParams.append(name, value);
    }
    nameProject(url, projectScope.id);
    const isPaging = placeNames.some((name) => name in values);
    // Back leads from page to page, but not through every letter that was typed.
    this.#goingTo = url;
    void goto(url, { replace: !isPaging, reset: isPaging }).finally(() => {
      if (this.#goingTo === url) this.#goingTo = undefined;
    });
  }
}
