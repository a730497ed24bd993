import RFB from '@novnc/novnc';
import { ConsoleConnection, type Heard } from '../console/console-connection.svelte.ts';
import { sendStroke, takeCharacters } from './held-keys.ts';
import type { keyCombinations } from './key-combinations.ts';
import { recallKeyboard, rememberKeyboard, type GuestKeyboard } from './remembered-keyboard.ts';
import { keyStrokes } from './typed-text.ts';

/** Keyboards of guests have small buffers. */
const betweenKeysMs = 12;
const nothingHeld: ReadonlySet<string> = new Set();

/** A machine's screen in an element, with its keyboard. */
export class ScreenSession {
  readonly connection: ConsoleConnection;
  #keyboard = $state<GuestKeyboard>(recallKeyboard(localStorage));
  readonly #target: HTMLElement;
  readonly #endTaking: () => void;
  #rfb: RFB | undefined;

  constructor(machineId: string, target: HTMLElement) {
    this.#target = target;
    this.connection = new ConsoleConnection(machineId, 'VNC', (url, heard) => this.#open(url, heard));
    this.#endTaking = takeCharacters(
      target,
      () => this.#keyboard !== 'same',
      (character, held) => this.#strike(character, held),
    );
  }

  /** The guest's; with `same` keys are told by where they lie, and the guest makes of them what it likes. */
  get keyboard(): GuestKeyboard {
    return this.#keyboard;
  }

  set keyboard(keyboard: GuestKeyboard) {
    this.#keyboard = keyboard;
    rememberKeyboard(localStorage, keyboard);
  }

  end(): void {
    this.connection.end();
    this.#endTaking();
    this.#rfb?.disconnect();
  }

  focus(): void {
    this.#rfb?.focus({ preventScroll: true });
  }

  press({ keys }: (typeof keyCombinations)[number]): void {
    for (const { keysym, code } of keys) this.#rfb?.sendKey(keysym, code, true);
    for (const { keysym, code } of keys.toReversed()) this.#rfb?.sendKey(keysym, code, false);
    this.focus();
  }

  async type(text: string): Promise<void> {
    for (const character of text.replaceAll('\r\n', '\n')) {
      this.#strike(character, nothingHeld);
      await new Promise((resolve) => setTimeout(resolve, betweenKeysMs));
    }
    this.focus();
  }

  #strike(character: string, held: ReadonlySet<string>): void {
    for (const stroke of keyStrokes(character, this.#keyboard === 'same' ? 'us' : this.#keyboard)) {
      sendStroke(stroke, held, (keysym, code, isDown) => this.#rfb?.sendKey(keysym, code, isDown));
    }
  }

  #open(url: string, { opened, closed }: Heard): void {
    // Shared: whoever looks already goes on looking.
    const rfb = new RFB(this.#target, url, { wsProtocols: ['binary'], shared: true });
    this.#rfb = rfb;
    rfb.scaleViewport = true;
    rfb.background = 'transparent';
    rfb.addEventListener('connect', () => {
      opened();
      this.focus();
    });
    rfb.addEventListener('disconnect', () => {
      if (this.#rfb === rfb) this.#rfb = undefined;
      closed();
    });
  }
}
