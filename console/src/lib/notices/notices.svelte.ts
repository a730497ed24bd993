import { problemFrom, type Problem } from '../api/problem.ts';

export interface Notice {
  id: number;
  text: string;
  /** Set when something could not be done; such a notice stays until it is closed. */
  problem?: Problem;
  /** What can be done about it at once: to undo it. */
  action?: NoticeAction;
}

export interface NoticeAction {
  label: string;
  do: () => void;
}

const shownMs = 5000;
/** Who wants to undo something has to read that it can be undone, and get there. */
const shownWithActionMs = 15_000;
let lastId = 0;

/** Short messages at the edge of the page, about what was asked for and has no better place of its own. */
class Notices {
  all = $state<Notice[]>([]);

  say(text: string, action?: NoticeAction): void {
    const id = this.#add({ text, ...(action && { action }) });
    setTimeout(() => this.close(id), action ? shownWithActionMs : shownMs);
  }

  /** @param text what could not be done */
  fail(text: string, thrown: unknown): void {
    this.#add({ text, problem: problemFrom(thrown) });
  }

  close(id: number): void {
    this.all = this.all.filter((notice) => notice.id !== id);
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = ++lastId;
    this.all = [...this.all, { id, ...notice }];
    return id;
  }
}

export const notices = new Notices();
