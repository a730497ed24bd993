import type { Nic } from './nic-queries.ts';

type Question =
  | { name: 'attach' }
  | { name: 'makeDefault'; nic: Nic }
  | { name: 'move'; nic: Nic }
  | { name: 'detach'; nic: Nic };

/** What a dialog asks about a machine's network cards now. */
export class NicQuestion {
  asked = $state.raw<Question>();

  ask(question: Question): void {
    this.asked = question;
  }

  close = (): void => {
    this.asked = undefined;
  };
}
