import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LdapConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import { Client, InvalidCredentialsError, NoSuchObjectError, type Entry } from 'ldapts';
import { filterFrom } from './ldap-filter.ts';
import type { Person } from './person.ts';
import { assertReachable, hostOf } from './reachable-address.ts';

/** Somebody waits at the sign-in page: for the connection, for each answer, and for all of it. */
const connectMs = 3000;
const answerMs = 5000;
const deadlineMs = 15_000;
/** More than any directory has for one person. */
const mostGroups = 2000;
/** A second match is all it takes to refuse. */
const mostMatches = 2;

/** What a directory said about a name and a password. */
export type Answer =
  | { person: Person }
  | { problem: 'EMPTY_PASSWORD' | 'UNKNOWN_NAME' | 'AMBIGUOUS_NAME' | 'INCOMPLETE_ENTRY' }
  /** The entry is there; it is somebody else who asks. */
  | { problem: 'WRONG_PASSWORD'; externalId: string };

/** One LDAP directory. Each question opens and closes its own connection. */
export class LdapDirectory {
  readonly #configuration: LdapConfiguration;
  /** Of the user that searches. */
  readonly #searchPassword: string;

  constructor(configuration: LdapConfiguration, searchPassword: string) {
    this.#configuration = configuration;
    this.#searchPassword = searchPassword;
  }

  /**
   * Whether a name and a password are right, and whose they are: finds exactly one entry by the name, and binds as it.
   * @throws Error when the directory is not there, or its certificate is not good
   */
  async authenticate(username: string, password: string): Promise<Answer> {
    // RFC 4513, 5.1.2: a bind without a password succeeds, and proves nothing.
    if (password === '') return { problem: 'EMPTY_PASSWORD' };
    return this.#connected(async (client) => {
      await this.#bindToSearch(client);
      const { baseDn, userFilter, idAttribute } = this.#configuration;
      const { searchEntries } = await client.search(baseDn, {
        scope: 'sub',
        filter: filterFrom(userFilter, { username }),
        attributes: this.#attributes(),
        sizeLimit: mostMatches,
      });
      const [entry, another] = searchEntries;
      const isOnlyOne = entry !== undefined && another === undefined;
      // For names that are not there a bind fails, too: how long it takes tells nothing.
      const isRight = await bindAs(client, isOnlyOne ? entry.dn : `cn=${randomUUID()},${baseDn}`, password);
      if (entry === undefined) return { problem: 'UNKNOWN_NAME' };
      if (!isOnlyOne) return { problem: 'AMBIGUOUS_NAME' };
      const [externalId] = valuesOf(entry, idAttribute);
      if (externalId === undefined) return { problem: 'INCOMPLETE_ENTRY' };
      if (!isRight) return { problem: 'WRONG_PASSWORD', externalId };
      return { person: await this.#person(client, entry, externalId, username) };
    });
  }

  async #person(client: Client, entry: Entry, externalId: string, username: string): Promise<Person> {
    const { emailAttribute, groupAttribute, groupBaseDn, groupFilter } = this.#configuration;
    const groups = groupAttribute === undefined ? [] : valuesOf(entry, groupAttribute);
    if (groupBaseDn !== undefined && groupFilter !== undefined) {
      // Not every user may read what groups there are.
      await this.#bindToSearch(client);
      const { searchEntries } = await client.search(groupBaseDn, {
        scope: 'sub',
        filter: filterFrom(groupFilter, { dn: entry.dn, username }),
        attributes: ['cn'],
        sizeLimit: mostGroups,
      });
      groups.push(...searchEntries.flatMap((group) => valuesOf(group, 'cn')));
    }
    const [displayName = null] = [...valuesOf(entry, 'displayName'), ...valuesOf(entry, 'cn')];
    const [email = null] = valuesOf(entry, emailAttribute);
    return { externalId, username: username.toLowerCase(), displayName, email, groups };
  }

  #attributes(): string[] {
    const { idAttribute, emailAttribute, groupAttribute } = this.#configuration;
    return [idAttribute, emailAttribute, 'displayName', 'cn', ...(groupAttribute ? [groupAttribute] : [])];
  }

  async #bindToSearch(client: Client): Promise<void> {
    const { bindDn } = this.#configuration;
    // Without a search user the search is anonymous, whoever was bound before.
    await client.bind(bindDn ?? '', bindDn === undefined ? '' : this.#searchPassword);
  }

  async #connected<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
    const { url, startTls, certificateAuthority, reachesInside } = this.#configuration;
    const address = new URL(url);
    await assertReachable(address, reachesInside ?? false);
    const host = hostOf(address);
    const tls = {
      minVersion: 'TLSv1.2' as const,
      host,
      ...(certificateAuthority !== undefined && { ca: certificateAuthority }),
    };
    const client = new Client({
      url,
      connectTimeout: connectMs,
      timeout: answerMs,
      ...(address.protocol === 'ldaps:' && { tlsOptions: tls }),
    });
    // A directory that takes the connection and then says nothing, not even in the middle of the handshake.
    const overdue = new AbortController();
    const deadline = sleep(deadlineMs, undefined, { signal: overdue.signal, ref: false }).then(() => {
      throw new Error(`${url} took longer than ${deadlineMs} ms`);
    });
    deadline.catch(() => undefined);
    try {
      if (startTls) await Promise.race([client.startTLS(tls), deadline]);
      return await Promise.race([use(client), deadline]);
    } finally {
      overdue.abort();
      // An unbind that fails has closed the connection as well.
      await client.unbind().catch(() => undefined);
    }
  }
}

async function bindAs(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError || error instanceof NoSuchObjectError) return false;
    throw error;
  }
}

/** An attribute's values as text; binary ones, as Active Directory's `objectGUID` is, in hexadecimal. */
function valuesOf(entry: Entry, attribute: string): string[] {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
  const value = name === undefined ? [] : entry[name];
  return [value]
    .flat()
    .filter((each) => each !== undefined)
    .map((each) => (typeof each === 'string' ? each : each.toString('hex')))
    .filter((each) => each !== '');
}
