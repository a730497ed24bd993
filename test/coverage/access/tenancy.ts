import type { AccountFacts } from './tenants.ts';
import { projectRoles, type HolderName, type Viewer } from './viewers.ts';

type ProjectRole = 'ADMIN' | 'MEMBER' | 'VIEWER';

/** Who is what to whom, told once more in plain words: what the server's SQL says is compared with this. */
export class Tenancy {
  readonly #accounts: Record<HolderName, AccountFacts>;

  constructor(accounts: Record<HolderName, AccountFacts>) {
    this.#accounts = accounts;
  }

  accountOf({ as }: Viewer): AccountFacts | undefined {
    return as && this.#accounts[as];
  }

  /** Whose account or user an id is of. */
  holderOf(id: unknown): HolderName | undefined {
    if (id == null) return undefined;
    const found = Object.entries(this.#accounts).find(
      ([, { accountId, userId }]) => id === accountId || id === userId,
    );
    return found?.[0] as HolderName | undefined;
  }

  /** Whether a viewer administers a domain, given by the ids from ROOT down to it. */
  isAbove(viewer: Viewer, lineage: readonly unknown[]): boolean {
    if (viewer.rank === 'root') return true;
    const own = this.accountOf(viewer);
    return viewer.rank === 'domainAdmin' && own !== undefined && lineage.includes(own.domainId);
  }

  /** Ids from ROOT down to a domain in which there are accounts. */
  lineageOf(domainId: unknown): readonly unknown[] {
    return Object.values(this.#accounts).find((account) => account.domainId === domainId)?.lineage ?? [];
  }

  /** Whether a viewer administers whoever an account or user id is of. What is not of the cast, ROOT has. */
  administers(viewer: Viewer, id: unknown): boolean {
    const holder = this.holderOf(id);
    return this.isAbove(viewer, holder === undefined ? [] : this.#accounts[holder].lineage);
  }

  /** Whether what belongs to an account is the viewer's own, or of a project that the viewer's account takes part in. */
  has(
    viewer: Viewer,
    accountId: unknown,
    roles: readonly ProjectRole[] = ['ADMIN', 'MEMBER', 'VIEWER'],
  ): boolean {
    const { as } = viewer;
    if (as === undefined) return false;
    if (accountId === this.#accounts[as].accountId) return true;
    const role = projectRoles[as];
    return accountId === this.#accounts.project.accountId && role !== undefined && roles.includes(role);
  }
}
