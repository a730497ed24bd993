import { globSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../console/src/routes');

/** The console's routes as SvelteKit reads them from its folders: `/hosts/[id]`. */
export function routes(): string[] {
  return globSync('**/+page.svelte', { cwd: folder }).map((file) => {
    const parts = path.dirname(file).split(path.sep);
    return `/${parts.filter((part) => part !== '.' && !part.startsWith('(')).join('/')}`;
  });
}

/** Routes that none of these addresses leads to. */
export function routesWithout(addresses: readonly string[]): string[] {
  const all = routes();
  const pathnames = addresses.map((address) => new URL(address, 'http://console').pathname);
  const leadsTo = (route: string, pathname: string) =>
    new RegExp(`^${route.replaceAll(/\[[^\]]+\]/g, '[^/]+')}$`).test(pathname) &&
    // `/machines/new` is not the page of a machine that is called so.
    (route === pathname || !all.includes(pathname));
  return all.filter((route) => !pathnames.some((pathname) => leadsTo(route, pathname)));
}
