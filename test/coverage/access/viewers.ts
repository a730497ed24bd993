/** An account of the test's world, with one user: where it is and as what. */
interface Part {
  domain: string;
  role: string;
}

/**
 * Who plays along. `owner` owns what all the others try to get at; beside it, `project` owns the same in the project
 * that `owner` runs.
 */
export const cast = {
  owner: { domain: '/region/customer', role: 'User' },
  sibling: { domain: '/region/customer', role: 'User' },
  member: { domain: '/region/customer', role: 'User' },
  onlooker: { domain: '/region/customer', role: 'User' },
  exMember: { domain: '/region/customer', role: 'User' },
  stranger: { domain: '/other', role: 'User' },
  adminAbove: { domain: '/region', role: 'Domain Admin' },
  adminBeside: { domain: '/other', role: 'Domain Admin' },
  readOnlyAdmin: { domain: '/region', role: 'Domain Admin (read-only)' },
  rootAdmin: { domain: '/', role: 'Root Admin' },
  /** Nobody asks as this one: domain admins see an account of a higher rank, and may not touch it. */
  chief: { domain: '/region/customer', role: 'Root Admin' },
} satisfies Record<string, Part>;

export type CastName = keyof typeof cast;

/** Whose things there are. */
export type HolderName = CastName | 'project';

/** What a viewer is, in the words of the expectations. */
export interface Viewer {
  name: string;
  /** Whose user asks; absent when nobody is signed in. */
  as?: CastName;
  /** What is administered. */
  rank: 'none' | 'user' | 'domainAdmin' | 'root';
  /** May look, and change nothing. */
  isReadOnly?: boolean;
  /** Comes with an API key of narrow scopes. */
  isConfined?: boolean;
}

/** Every operation and every field is tried as each of these. */
export const viewers: readonly Viewer[] = [
  { name: 'anonymous', rank: 'none' },
  { name: 'owner', as: 'owner', rank: 'user' },
  { name: 'sibling', as: 'sibling', rank: 'user' },
  { name: 'stranger', as: 'stranger', rank: 'user' },
  { name: 'adminAbove', as: 'adminAbove', rank: 'domainAdmin' },
  { name: 'adminBeside', as: 'adminBeside', rank: 'domainAdmin' },
  { name: 'readOnlyAdmin', as: 'readOnlyAdmin', rank: 'domainAdmin', isReadOnly: true },
  { name: 'rootAdmin', as: 'rootAdmin', rank: 'root' },
  { name: 'scopedKey', as: 'owner', rank: 'user', isConfined: true },
  { name: 'member', as: 'member', rank: 'user' },
  { name: 'onlooker', as: 'onlooker', rank: 'user' },
  { name: 'exMember', as: 'exMember', rank: 'user' },
];

/** What the confined API key of `owner` is for. */
export const keyScopes = ['virtualMachine.list', 'virtualMachine.start', 'node.get', 'change.follow'];

/** As what the accounts of the cast take part in the project. */
export const projectRoles: Partial<Record<CastName, 'ADMIN' | 'MEMBER' | 'VIEWER'>> = {
  owner: 'ADMIN',
  member: 'MEMBER',
  onlooker: 'VIEWER',
};

/** Who has the right to an operation, whatever it is done to. */
const allowed = {
  /** Nobody needs to sign in. */
  public: () => true,
  /** With a session, not with an API key. */
  session: ({ rank, isConfined }) => rank !== 'none' && isConfined !== true,
  /** Everybody who signed in; an API key only if its scopes say so. */
  look: ({ rank }) => rank !== 'none',
  work: ({ rank, isReadOnly }) => rank !== 'none' && isReadOnly !== true,
  /** What administrators of domains see. */
  inspect: ({ rank }) => rank === 'domainAdmin' || rank === 'root',
  administer: ({ rank, isReadOnly }) => (rank === 'domainAdmin' || rank === 'root') && isReadOnly !== true,
  /** What concerns the whole cloud. */
  operate: ({ rank }) => rank === 'root',
} as const satisfies Record<string, (viewer: Viewer) => boolean>;

export type May = keyof typeof allowed;

/** @param isInScope whether the confined API key was made for it */
export function isAllowed(viewer: Viewer, may: May, isInScope: boolean): boolean {
  const needsNoScope = may === 'public' || viewer.isConfined !== true;
  return allowed[may](viewer) && (needsNoScope || isInScope);
}
