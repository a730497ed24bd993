import { SvelteMap } from 'svelte/reactivity';
import { ask } from '../../api/connection.svelte.ts';
import { graphql } from '../../api/graphql.ts';
import type { Machine, MachineAction } from '../fragments.ts';
import { reasonText } from './reason-text.ts';

const actionsQuery = graphql(`
  query MachineActions($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on VirtualMachine {
        availableActions {
          action
          reason
        }
      }
    }
  }
`);

/** As many as the server answers for at once. */
const mostAtOnce = 500;

interface Known {
  /** Which machine it was, as it was then. */
  of: string;
  reasons: ReadonlyMap<MachineAction, string>;
}

const stampOf = ({ version, allowedActions }: Machine) => [version, ...allowedActions].join(' ');

/**
 * Why machines cannot be started, stopped or deleted now. Lists do without: with reasons, for every action that there is, an
 * answer would be four times as long. They are asked for when somebody looks, for all machines that are looked at together.
 */
class ActionReasons {
  readonly #known = new SvelteMap<string, Known>();
  /** By id: as it is that somebody looks at. */
  #wanted = new Map<string, string>();

  /** @returns `undefined` while nobody knows yet, and when there is nothing against it */
  of(machine: Machine, action: MachineAction): string | undefined {
    const known = this.#known.get(machine.id);
    if (known?.of === stampOf(machine)) return known.reasons.get(action);
    // Without an answer it is said that it cannot be done, and not why; the next look asks again.
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#ask().catch(() => undefined));
    this.#wanted.set(machine.id, stampOf(machine));
    return undefined;
  }

  async #ask(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted = new Map();
    for (let start = 0; start < wanted.length; start += mostAtOnce) {
      const part = new Map(wanted.slice(start, start + mostAtOnce));
      const { nodes } = await ask(actionsQuery, { ids: [...part.keys()] });
      for (const node of nodes) {
        const of = node === null ? undefined : part.get(node.id);
        if (node?.__typename !== 'VirtualMachine' || of === undefined) continue;
        const reasons = new Map<MachineAction, string>();
        for (const { action, reason } of node.availableActions) {
          if (reason !== null) reasons.set(action, reasonText(reason));
        }
        this.#known.set(node.id, { of, reasons });
      }
    }
  }
}

export const actionReasons = new ActionReasons();
