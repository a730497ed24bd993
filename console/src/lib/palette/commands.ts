import type { Component } from 'svelte';
import { fit } from './fuzzy.ts';

/** Something that can be chosen in the palette. */
export interface PaletteCommand {
  /** Tells it from all others, and is remembered: `page /hosts`. */
  id: string;
  label: string;
  icon: Component;
  /** Shown beside it: a path, a state. */
  hint?: string;
  /** Other words that it is found by: its name in English, where that is not shown. */
  words?: string;
  /** Why it cannot be done now; it is shown, and does nothing. */
  reason?: string | null;
  run: () => void;
}

/** Those that what was typed fits, best first; among equals in the order in which they stand. */
export function fitting(commands: readonly PaletteCommand[], typed: string, most: number): PaletteCommand[] {
  return commands
    .map((command) => ({
      command,
      score: Math.max(fit(typed, command.label), 0.9 * fit(typed, command.words ?? '')),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ command }) => command);
}
