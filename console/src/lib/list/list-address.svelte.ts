import { goto } from '$app/navigation';
import { page } from '$app/state';
import { nameProject } from '../projects/project-address.ts';
import { projectScope } from '../projects/project-scope.svelte.ts';

export interface Order<Field extends string> {
  field: Field;
  direction: 'ASC' | 'DESC';
}

export interface ListAddressOptions<Field extends string> {
  /** What the list can be ordered by. */
  fields: readonly Field[];
  /** The order when the address names none. */
  order: Order<Field>;
  pageSize?: number;
  /** Names in the address that say what the page is about, and narrow nothing: the account that is looked at. */
  subject?: readonly string[];
}

interface PageEdges {
  startCursor: string | null;
  endCursor: string | null;
}

/** `NAME`, or `-NAME` for descending. */
export function readOrder<Field extends string>(
  text: string | null,
  { fields, order }: ListAddressOptions<Field>,
): Order<Field> {
  const field = fields.find((each) => each === text?.replace(/^-/, ''));
  return field === undefined ? order : { field, direction: text?.startsWith('-') === true ? 'DESC' : 'ASC' };
}

export function writeOrder({ field, direction }: Order<string>): string {
  return direction === 'DESC' ? `-${field}` : field;
}

/**
 * Where one is in a list: text, filters, order and place are in the address of the page, so that a reload, a bookmark
 * and a link sent to somebody show the same.
 */
export class ListAddress<Field extends string> {
  readonly #options: ListAddressOptions<Field>;
  /** Where the page is on its way to: a change that comes meanwhile adds to it. */
  #goingTo: URL | undefined;
  readonly search = $derived(page.url.searchParams.get('q') ?? '');
  readonly #after = $derived(page.url.searchParams.get('after'));
  readonly #before = $derived(page.url.searchParams.get('before'));
  readonly #sort = $derived(page.url.searchParams.get('sort'));

  constructor(options: ListAddressOptions<Field>) {
    this.#options = options;
  }

  get order(): Order<Field> {
    return readOrder(this.#sort, this.#options);
  }

  /** Whether anything narrows the list. */
  get isFiltered(): boolean {
    const ours = new Set(['after', 'before', 'open', 'project', 'sort', 'tab', ...this.#subject]);
    return [...page.url.searchParams.keys()].some((name) => !ours.has(name));
  }

  get #subject(): readonly string[] {
    return this.#options.subject ?? [];
  }

  get isFirstPage(): boolean {
    return this.#after === null && this.#before === null;
  }

  /** What every list asks for. */
  get variables() {
    const pageSize = this.#options.pageSize ?? 100;
    const place =
      this.#before === null
        ? { first: pageSize, after: this.#after }
        : { last: pageSize, before: this.#before };
    return { ...place, search: this.search === '' ? null : this.search, orderBy: this.order };
  }

  /** The values of a filter: `state=RUNNING&state=STOPPED`. Others than those allowed are left out. */
  chosen<Value extends string>(name: string, allowed: readonly Value[]): Value[] {
    const given = page.url.searchParams.getAll(name);
    return allowed.filter((value) => given.includes(value));
  }

  /** The value of a filter that has only one. */
  value(name: string): string | undefined {
    return page.url.searchParams.get(name) ?? undefined;
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

  /** Every change but that of the page leads to the first page. */
  #change(values: Record<string, readonly string[]>): void {
    const from = this.#goingTo?.pathname === page.url.pathname ? this.#goingTo : page.url;
    const url = new URL(from.href);
    for (const [name, each] of Object.entries({ after: [], before: [], ...values })) {
      url.searchParams.delete(name);
      for (const value of each) url.searchParams.append(name, value);
    }
    nameProject(url, projectScope.id);
    const isPaging = 'after' in values || 'before' in values;
    // Back leads from page to page, but not through every letter that was typed.
    this.#goingTo = url;
    void goto(url, { replace: !isPaging, reset: isPaging }).finally(() => {
      if (this.#goingTo === url) this.#goingTo = undefined;
    });
  }
}
