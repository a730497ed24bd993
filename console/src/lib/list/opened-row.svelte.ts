import { goto } from '$app/navigation';
import { page } from '$app/state';

const parameter = 'open';

/** Address of this page with the drawer of a row open. */
export function drawerAddress(id: string): string {
  const url = new URL(page.url.href);
  url.searchParams.set(parameter, id);
  return url.pathname + url.search;
}

/** The row whose drawer is open: it is in the address, so that Back closes it and a link leads to it. */
export class OpenedRow {
  readonly id = $derived(page.url.searchParams.get(parameter) ?? undefined);

  close = (): void => {
    const url = new URL(page.url.href);
    url.searchParams.delete(parameter);
    void goto(url, { replace: true, reset: false });
  };
}
