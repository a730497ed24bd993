import { problemFrom, type Problem } from '../api/problem.ts';

export interface Notice {
  id: number;
  text: string;
  /** Set when something could not be done; such a notice stays until it is closed. */
  problem?: Problem;
}

const shownMs = 5000;
let lastId = 0;

/** Short messages at the edge of the page, about what was asked for and has no better place of its own. */
class Notices {
  all = $state<Notice[]>([]);

  say(text: string): void {
    const id = this.#add({ text });
    setTimeout(() => this.close(id), shownMs);
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
