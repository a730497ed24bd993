import { SvelteSet } from 'svelte/reactivity';
import { mutate } from '../../api/connection.svelte.ts';
import { problemFrom, type Problem } from '../../api/problem.ts';
import { updateDraftMutation, type Draft } from '../drafts/draft-queries.ts';
import { differences, type Difference } from './differences.ts';
import { formOf, parts, planInput, type DraftForm, type Part } from './draft-form.ts';
import type { StepName } from './steps.ts';

const pauseMs = 500;

/**
 * What is typed of a draft, and how it gets to the server: a moment after the last key, one change after the other. What
 * somebody else changes is taken over where nothing was typed here; else both are shown.
 */
export class DraftEditor {
  form: DraftForm;
  /** As the server has it. */
  draft: Draft;
  /** Parts that were typed into since the page was opened: they are told what is wrong as one types. */
  readonly touched = new SvelteSet<Part>();
  isSaving = $state(false);
  problem = $state.raw<Problem>();
  /** What somebody else made of what is being typed here. */
  conflict = $state.raw<{ theirs: Draft; values: Difference[] }>();
  #sent: Record<string, string>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #step: StepName | undefined;
  /** What the server told last, perhaps while something was on its way there. */
  #latest: Draft | undefined;

  constructor(draft: Draft) {
    this.draft = $state.raw(draft);
    this.form = $state(formOf(draft));
    this.#sent = written(this.form);
  }

  get isSaved(): boolean {
    return !this.isSaving && this.#dirty().length === 0;
  }

  /** To be called whenever the form may have changed. */
  noticeChange(): void {
    const dirty = this.#dirty();
    for (const part of dirty) this.touched.add(part);
    if (dirty.length > 0 && this.conflict === undefined) this.#saveSoon(pauseMs);
  }

  /** Remembers for all where one is. */
  goTo(step: StepName): void {
    if (step === this.draft.step) return;
    this.#step = step;
    this.#saveSoon(0);
  }

  /** The server told of the draft: by an answer, or because somebody changed it. */
  take(draft: Draft): void {
    this.#latest = draft;
    if (this.isSaving || draft.version < this.draft.version) return;
    if (draft.version === this.draft.version) this.draft = draft;
    else if (this.#dirty().length === 0) this.#adopt(draft);
    else this.#compare(draft);
  }

  /** Goes on with what somebody else made of it. */
  takeTheirs(): void {
    if (this.conflict !== undefined) this.#adopt(this.conflict.theirs);
    this.conflict = undefined;
  }

  /** Writes what was typed here over what somebody else made of it, now that both were seen. */
  keepMine(): Promise<void> {
    if (this.conflict !== undefined) this.draft = this.conflict.theirs;
    this.conflict = undefined;
    return this.flush();
  }

  /** Sends what was typed, now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  stop(): void {
    if (this.conflict === undefined) void this.flush();
  }

  #saveSoon(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), afterMs);
  }

  async #save(): Promise<void> {
    const dirty = this.#dirty();
    if ((dirty.length === 0 && this.#step === undefined) || this.conflict !== undefined) return;
    this.isSaving = true;
    const sending = written(this.form);
    const step = this.#step;
    this.#step = undefined;
    try {
      const { updateZoneDraft } = await mutate(updateDraftMutation, {
        input: {
          id: this.draft.id,
          expectedVersion: this.draft.version,
          plan: planInput($state.snapshot(this.form), dirty),
          ...(step && { step }),
        },
      });
      this.draft = updateZoneDraft.zoneDraft;
      this.#sent = sending;
      this.problem = undefined;
    } catch (error) {
      const problem = problemFrom(error);
      // What it is now comes with the feed, and both are shown then.
      this.problem = problem.code === 'VERSION_CONFLICT' ? undefined : problem;
    }
    this.isSaving = false;
    if (this.#latest !== undefined) this.take(this.#latest);
    // Typed while that was on its way.
    if (this.problem === undefined && this.#dirty().length > 0) this.#saveSoon(pauseMs);
  }

  #adopt(draft: Draft): void {
    const secrets = new Map(this.form.hosts.map(({ key, ssh }) => [key, ssh]));
    this.draft = draft;
    this.form = formOf(draft);
    for (const { key, ssh } of this.form.hosts) {
      const typed = secrets.get(key);
      if (ssh === null || typed?.address !== ssh.address) continue;
      const { by, password, privateKey, passphrase } = typed;
      Object.assign(ssh, { by, password, privateKey, passphrase });
    }
    this.#sent = written(this.form);
    this.problem = undefined;
  }

  #compare(theirs: Draft): void {
    const values = differences(planInput(this.form, this.#dirty()), planInput(formOf(theirs), this.#dirty()));
    if (values.length === 0) {
      this.draft = theirs;
      return;
    }
    this.problem = undefined;
    this.conflict = { theirs, values };
  }

  #dirty(): Part[] {
    const now = written(this.form);
    return parts.filter((part) => now[part] !== this.#sent[part]);
  }
}

function written(form: DraftForm): Record<string, string> {
  return Object.fromEntries(parts.map((part) => [part, JSON.stringify(planInput(form, [part]))]));
}
