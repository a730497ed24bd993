/** Goes where it is sent, and keeps cookies, each for the server that set it. */
export class TestBrowser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** Calls an address without going where it sends. */
  async get(url: URL): Promise<Response> {
    return this.#send(url, { method: 'GET' });
  }

  /** Sends a form. @returns where that leads */
  async post(url: URL, form: Record<string, string>): Promise<URL> {
    return target(url, await this.#send(url, { method: 'POST', body: new URLSearchParams(form) }));
  }

  /** Goes from one address to the next until it is where it should be, and does not open that. */
  async follow(from: URL, isThere: (url: URL) => boolean): Promise<URL> {
    let url = from;
    for (let step = 0; step < 20; step++) {
      if (isThere(url)) return url;
      url = target(url, await this.get(url));
    }
    throw new Error(`from ${from.href} there is no end, at last ${url.href}`);
  }

  cookie(url: URL, name: string): string | undefined {
    return this.#jarOf(url).get(name);
  }

  setCookie(url: URL, name: string, value: string): void {
    this.#jarOf(url).set(name, value);
  }

  /** The header that it would send. */
  cookies(url: URL): string {
    return [...this.#jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { cookie: this.cookies(url) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      const isOver = attributes.some((text) => {
        const [attribute = '', until = ''] = text.trim().split('=');
        return (
          (attribute.toLowerCase() === 'max-age' && Number(until) <= 0) ||
          (attribute.toLowerCase() === 'expires' && new Date(until) < new Date())
        );
      });
      if (isOver) this.#jarOf(url).delete(name);
      else this.#jarOf(url).set(name, value);
    }
    return response;
  }

  #jarOf({ origin }: URL): Map<string, string> {
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }
}

/** Where an answer sends the browser. */
export function target(url: URL, response: Response): URL {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`${url.href} answers ${response.status} and leads nowhere`);
  return new URL(location, url);
}
