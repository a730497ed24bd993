import type { Problem } from '../api/problem.ts';
import { formatAmount, limitNames } from '../limits/limit-names.ts';
import type { LimitedResource } from '../limits/limit-queries.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';

/** A limit that is in the way, in words of whoever reads it. */
export interface LimitProblem {
  title: string;
  text: string;
  /** The page that shows the limit; absent where one may see none. */
  path: string | undefined;
}

const sentences = {
  ACCOUNT: m.limits_exceeded_ACCOUNT,
  DOMAIN: m.limits_exceeded_DOMAIN,
  PROJECT: m.limits_exceeded_PROJECT,
};

type Scope = keyof typeof sentences;

/** What the server said of a limit; `undefined` for other problems, and for limits that this console does not know. */
export function limitProblem({ code, details }: Pick<Problem, 'code' | 'details'>): LimitProblem | undefined {
  if (code !== 'RESOURCE_LIMIT_EXCEEDED') return undefined;
  const { resource, scope, ownerId, ownerName, limit, used, requested } = details as Record<string, string>;
  const isKnown =
    resource !== undefined && resource in limitNames && scope !== undefined && scope in sentences;
  if (!isKnown) return undefined;
  const amount = (value: string | undefined) => formatAmount(resource as LimitedResource, value ?? 0);
  return {
    title: m.limits_exceeded_title({ resource: limitNames[resource as LimitedResource]() }),
    text: sentences[scope as Scope]({
      name: ownerName ?? '',
      limit: amount(limit),
      used: amount(used),
      requested: amount(requested),
    }),
    path: pathOf(scope as Scope, ownerId ?? ''),
  };
}

function pathOf(scope: Scope, ownerId: string): string | undefined {
  if (!session.can('resourceLimit.list')) return undefined;
  if (ownerId === session.viewer?.account?.id) return '/limits';
  if (scope === 'DOMAIN') return session.can('domain.list') ? `/domains/${ownerId}` : undefined;
  return scope === 'PROJECT' ? `/limits?owner=${ownerId}` : `/accounts/${ownerId}?tab=limits`;
}
