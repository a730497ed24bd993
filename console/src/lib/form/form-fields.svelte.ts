import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Problem, Violation } from '../api/problem.ts';

/** Whether a violation is of what a field holds, or of a part of it: of `tiers`, also `input.tiers.0.price`. */
export function concerns({ path }: Violation, field: string): boolean {
  const within = path.replace(/^input\./, '');
  return within === field || within.startsWith(`${field}.`);
}

/**
 * The fields of a form, and what the server says of them. Fields tell the name that the API has for what they hold; what
 * breaks a rule is then shown at its field, and called by its label.
 */
export class FormFields {
  readonly #labels = new SvelteMap<string, string>();
  #problem = $state.raw<Problem>();

  /** @returns a function that takes it out again */
  add(field: string, label: string): () => void {
    this.#labels.set(field, label);
    return () => this.#labels.delete(field);
  }

  /** Says what came of sending the form. @returns a function that takes it back */
  tell(problem: Problem): () => void {
    this.#problem = problem;
    return () => {
      if (this.#problem === problem) this.#problem = undefined;
    };
  }

  /** What a field breaks. */
  violationOf(field: string): Violation | undefined {
    return this.#problem?.violations.find((violation) => concerns(violation, field));
  }

  /** How the field is called that a violation is of; `undefined` where the form has none. */
  labelOf(violation: Violation): string | undefined {
    for (const [field, label] of this.#labels) if (concerns(violation, field)) return label;
    return undefined;
  }
}

const key = Symbol('fields of the form');

/** Makes everything below the component that is being set up a form. */
export const provideFormFields = (): FormFields => setContext(key, new FormFields());

/** The form that the component being set up is in. */
export const findFormFields = (): FormFields | undefined => getContext<FormFields | undefined>(key);
