const longestPath = 512;
const ourselves = 'http://nephos.invalid';

/**
 * A path of our own pages, as something outside named it; `/` for all that leads elsewhere. Browsers take `//host` and
 * `/\host` for other servers, and leave out line breaks and tabs before they look.
 */
export function localPath(text: string): string {
  const isPlain = text.length <= longestPath && /^\/(?![/\\])[^\\\p{Cc}\s]*$/u.test(text);
  const url = isPlain ? URL.parse(text, ourselves) : null;
  if (url?.origin !== ourselves || url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search + url.hash;
}
