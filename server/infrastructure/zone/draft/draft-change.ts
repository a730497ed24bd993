import type { Row } from '@nephos/model/database.ts';
import type {
  ZoneDraftChecks,
  ZoneDraftHost,
  ZoneDraftPlan,
  ZoneDraftSsh,
} from '@nephos/model/shapes/zone-draft.ts';
import { canonicalJson } from '../../../platform/canonical-json.ts';
import { invalid, PlatformError } from '../../../platform/errors.ts';
import { Check } from '../../../platform/validation.ts';
import { isSameAccess, keptSecret, type GivenSecret, type HostSecrets } from './draft-secrets.ts';
import { stepOfPart } from './made.ts';

/** A host as a client gives it. */
export interface GivenHost extends Omit<ZoneDraftHost, 'ssh'> {
  ssh: (ZoneDraftSsh & GivenSecret) | null;
}

/** Parts of a draft that are to be others; each is given whole. */
export type DraftChange = Partial<Omit<ZoneDraftPlan, 'hosts'>> & { hosts?: GivenHost[] };

const longestText = 1024;
const longestKey = 20_000;
const mostNetworks = 16;
const mostHosts = 64;

/** Refuses what is too much to be kept; whether it is right is told by the draft's problems. */
export function checkSize(change: DraftChange): void {
  const check = new Check();
  check.that(
    (change.physicalNetworks?.length ?? 0) <= mostNetworks,
    'input.physicalNetworks',
    change.physicalNetworks?.length,
    `must be at most ${mostNetworks}`,
  );
  check.that(
    (change.hosts?.length ?? 0) <= mostHosts,
    'input.hosts',
    change.hosts?.length,
    `must be at most ${mostHosts}`,
  );
  for (const [index, { key, ssh }] of change.hosts?.entries() ?? []) {
    const path = `input.hosts.${index}`;
    check.that(
      /^[A-Za-z0-9_-]{1,64}$/.test(key),
      `${path}.key`,
      key,
      'must be 1 to 64 letters, digits, underscores or dashes',
    );
    const isFirst = change.hosts?.findIndex((other) => other.key === key) === index;
    check.that(isFirst, `${path}.key`, key, 'must not be named twice');
    // The key itself is not repeated.
    check.that(
      (ssh?.privateKey ?? '').length <= longestKey,
      `${path}.ssh.privateKey`,
      '',
      `must be at most ${longestKey} characters`,
    );
  }
  checkTexts(check, 'input', change);
  check.done();
}

function checkTexts(check: Check, path: string, value: unknown): void {
  if (typeof value === 'string') {
    const isSecret = /\.(password|privateKey|passphrase)$/.test(path);
    if (path.endsWith('.privateKey')) return;
    const shown = isSecret ? '' : value;
    check.that(value.length <= longestText, path, shown, `must be at most ${longestText} characters`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) checkTexts(check, `${path}.${name}`, part);
  }
}

/** What a draft is after a change. */
export interface ChangedDraft {
  plan: ZoneDraftPlan;
  secrets: HostSecrets;
  checks: ZoneDraftChecks;
}

/**
 * Applies a change to what may still be changed.
 * @param made keys of the hosts that are there
 * @throws PlatformError INVALID_STATE for another value of what was made already
 */
export function changedDraft(
  draft: Pick<Row<'ZoneDraft'>, 'plan' | 'checks' | 'done'>,
  secrets: HostSecrets,
  made: ReadonlySet<string>,
  change: DraftChange,
): ChangedDraft {
  const { hosts: given, ...parts } = change;
  for (const [part, step] of Object.entries(stepOfPart)) {
    const name = part as keyof typeof stepOfPart;
    if (!draft.done.includes(step) || parts[name] === undefined) continue;
    if (!isSame(parts[name], draft.plan[name])) throw madeAlready(`input.${part}`, part);
  }
  const plan = { ...draft.plan, ...parts };
  if (given === undefined) return { plan, secrets, checks: draft.checks };
  return { ...changedHosts(draft, secrets, made, given), plan: { ...plan, hosts: given.map(withoutSecret) } };
}

function changedHosts(
  draft: Pick<Row<'ZoneDraft'>, 'plan' | 'checks' | 'done'>,
  secrets: HostSecrets,
  made: ReadonlySet<string>,
  given: readonly GivenHost[],
): Omit<ChangedDraft, 'plan'> {
  // Whoever comes later would not reach the storage.
  if (draft.done.includes('attachPrimaryStorage') && !isSame(given.map(withoutSecret), draft.plan.hosts))
    throw madeAlready('input.hosts', 'hosts');
  const before = new Map(draft.plan.hosts.map((host) => [host.key, host]));
  for (const [key, host] of before) {
    const after = given.find((each) => each.key === key);
    if (made.has(key) && !isSame(after && withoutSecret(after), host))
      throw madeAlready('input.hosts', host.name || (host.ssh?.address ?? key));
  }
  const changed: Omit<ChangedDraft, 'plan'> = { secrets: {}, checks: {} };
  for (const [index, host] of given.entries()) {
    const { key, ssh } = host;
    if ((ssh === null) === (host.agentId === null))
      throw invalid(
        `input.hosts.${index}.agentId`,
        host.agentId,
        'give either an agent or ssh, and not both',
      );
    if (ssh === null) continue;
    const known = before.get(key)?.ssh;
    const secret = keptSecret(secrets[key], known, ssh, ssh);
    if (Object.keys(secret).length > 0) changed.secrets[key] = secret;
    const found = draft.checks[key];
    if (found !== undefined && known != null && isSameAccess(known, ssh)) changed.checks[key] = found;
  }
  return changed;
}

function withoutSecret({ key, name, agentId, ssh }: GivenHost): ZoneDraftHost {
  if (ssh === null) return { key, name, agentId, ssh };
  const { address, port, username, hostKeyFingerprint } = ssh;
  return { key, name, agentId, ssh: { address, port, username, hostKeyFingerprint } };
}

const isSame = (one: unknown, other: unknown) => canonicalJson(one ?? null) === canonicalJson(other ?? null);

function madeAlready(path: string, part: string): PlatformError {
  return new PlatformError('INVALID_STATE', `${part} was made already, and stays as it is`, {
    details: { path, part },
    remedy: 'change what is not made yet and launch again, or discard what was made',
  });
}
