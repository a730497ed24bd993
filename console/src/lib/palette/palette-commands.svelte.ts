import Settings from '~icons/lucide/settings';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { ResultOf } from '../api/graphql.ts';
import { LiveQuery } from '../api/query.svelte.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { machineStateLooks } from '../machines/machine-state.ts';
import { preferences } from '../preferences/preferences.svelte.ts';
import { session } from '../session/session.svelte.ts';
import { actionCommands } from './action-commands.ts';
import { fitting, type PaletteCommand } from './commands.ts';
import { commandsFor } from './machine-commands.ts';
import { pageCommands } from './page-commands.ts';
import { openMachineQuery, paletteQuery, settingKeysQuery, type Hit } from './palette-query.ts';
import { kindOf, nameOf, pathOf } from './things.ts';
import { parseUses, withUse, worth, type Use } from './uses.ts';

const usesKey = 'palette.uses';
const pauseMs = 120;

/** What the palette offers for what was typed. */
export class PaletteCommands {
  readonly #typed: () => string;
  /** What is asked for: what was typed, once the typing rests. */
  #asked = $state('');
  readonly #search: LiveQuery<ResultOf<typeof paletteQuery>, { text: string }>;
  readonly #machine: LiveQuery<ResultOf<typeof openMachineQuery>, { id: string }>;
  readonly #settings: LiveQuery<ResultOf<typeof settingKeysQuery>, Record<string, never>>;

  /** Must be made while a component is set up. */
  constructor(typed: () => string) {
    this.#typed = typed;
    $effect(() => {
      const next = typed();
      const timer = setTimeout(() => (this.#asked = next), pauseMs);
      return () => clearTimeout(timer);
    });
    this.#search = new LiveQuery(paletteQuery, () =>
      this.#asked === '' ? undefined : { text: this.#asked },
    );
    const openId = /^\/virtual-machines\/(vm_\w+)/.exec(page.url.pathname)?.[1];
    this.#machine = new LiveQuery(openMachineQuery, () =>
      openId === undefined ? undefined : { id: openId },
    );
    this.#settings = new LiveQuery(settingKeysQuery, () =>
      typed() === '' || !session.can('setting.list') ? undefined : {},
    );
  }

  get isSearching(): boolean {
    return this.#typed() !== '' && (this.#asked !== this.#typed() || this.#search.isFetching);
  }

  get problem() {
    return this.#search.problem;
  }

  /** Looks for what was typed once more. */
  searchAgain = (): void => this.#search.refresh();

  /** Things with a page, as the server found them. */
  readonly things = $derived.by(() => {
    if (this.#typed() === '' || this.#asked === '') return [];
    return (this.#search.data?.search ?? []).flatMap((hit) => thingCommand(hit) ?? []).slice(0, 12);
  });

  /** What can be done to the machine whose page is open, and to the one that was found first. */
  readonly machineActions = $derived.by(() => {
    const found = this.#search.data?.search.find(({ node }) => node?.__typename === 'VirtualMachine')?.node;
    const first = this.#typed() !== '' && found?.__typename === 'VirtualMachine' ? found : undefined;
    const open = this.#machine.data?.virtualMachine ?? undefined;
    // Of what was searched by its name, everything can be done; otherwise what was typed is what to do.
    if (first !== undefined && first.id !== open?.id) return commandsFor(first).slice(0, 6);
    return open === undefined ? [] : fitting(commandsFor(open), this.#typed(), this.#typed() === '' ? 5 : 8);
  });

  readonly actions = $derived.by(() =>
    this.#typed() === '' ? [] : fitting(actionCommands(), this.#typed(), 6),
  );
  readonly pages = $derived.by(() => {
    const recentIds = new Set(this.recent.map(({ id }) => id));
    return fitting(pageCommands(), this.#typed(), this.#typed() === '' ? 40 : 8).filter(
      ({ id }) => !recentIds.has(id),
    );
  });

  readonly settings = $derived.by(() => {
    if (this.#typed().length < 2) return [];
    const commands = (this.#settings.data?.settings ?? []).map(({ key, description }) => ({
      id: `setting ${key}`,
      label: key,
      icon: Settings,
      ...(locale.current === 'en' && { hint: description }),
      run: () => void goto(`/settings?open=${encodeURIComponent(key)}`),
    }));
    return fitting(commands, this.#typed(), 5);
  });

  /** What was chosen often and lately, before anything is typed. */
  readonly recent = $derived.by((): PaletteCommand[] => {
    if (this.#typed() !== '') return [];
    const commands = new Map(
      [...pageCommands(), ...actionCommands()].map((command) => [command.id, command]),
    );
    const now = Date.now();
    return [...this.#uses]
      .sort((one, other) => worth(other, now) - worth(one, now))
      .flatMap((use) => commands.get(use.id) ?? rememberedThing(use) ?? [])
      .slice(0, 6);
  });

  get #uses(): Use[] {
    return preferences.get(usesKey, parseUses) ?? [];
  }

  choose({ id, label, run }: PaletteCommand): void {
    // What is done to one machine is seldom done again.
    if (!id.startsWith('machine ')) {
      const use = id.startsWith('thing ') ? { id, label } : { id };
      preferences.set(usesKey, withUse(this.#uses, use, Date.now()));
    }
    run();
  }
}

function thingCommand(hit: Hit): PaletteCommand | undefined {
  const path = pathOf(hit);
  if (path === undefined) return undefined;
  const { label, icon } = kindOf(hit.kind);
  const { node, detail } = hit;
  const state = node?.__typename === 'VirtualMachine' ? machineStateLooks[node.state].label() : undefined;
  return {
    id: `thing ${hit.kind} ${path}`,
    label: nameOf(hit),
    icon,
    hint: [detail, state, label].filter((part) => part != null && part !== '').join(' · '),
    run: () => void goto(path),
  };
}

/** Something whose page was opened from here before. */
function rememberedThing({ id, label }: Use): PaletteCommand | undefined {
  const [, kind, path] = /^thing (\S+) (\/\S+)$/.exec(id) ?? [];
  if (kind === undefined || path === undefined || label === undefined) return undefined;
  const { label: hint, icon } = kindOf(kind);
  return { id, label, icon, hint, run: () => void goto(path) };
}
