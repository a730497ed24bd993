import { CallTimeoutError, ConnectionClosedError, errorReport, LibvirtError } from './errors.ts';
import { decodeWhole } from './codec.ts';
import { messageStatus } from './frame.ts';
import type { Procedure } from './procedure.ts';
import type { XdrDecoder } from './xdr.ts';

/** How one call may be ended early. Either way the daemon is not told: a call that was sent may still take effect. */
export interface CallOptions {
  /** Rejects the call with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Rejects the call with CallTimeoutError after so many ms; 0 for never. Default: the connection's. */
  readonly timeoutMs?: number;
}

interface Settler<Result> {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** A call on its way: settles once, by its answer, its deadline, its signal or the end of the connection. */
export class PendingCall<Result> {
  readonly #procedure: Pick<Procedure<readonly unknown[], Result>, 'name' | 'result'>;
  readonly #settler: Settler<Result>;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #givenUp: () => void;
  #isSettled = false;
  /** Whether the daemon may have seen it; set by the session. */
  isSent = false;

  /** `givenUp` is called when the call settles without an answer while the connection lives. */
  constructor(
    procedure: Pick<Procedure<readonly unknown[], Result>, 'name' | 'result'>,
    settler: Settler<Result>,
    options: CallOptions & { timeoutMs: number },
    givenUp: () => void,
  ) {
    this.#procedure = procedure;
    this.#settler = settler;
    this.#givenUp = givenUp;
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onAbort);
    const { timeoutMs } = options;
    if (timeoutMs > 0 && timeoutMs < Infinity) {
      this.#timer = setTimeout(
        () => this.#giveUp(new CallTimeoutError(procedure.name, timeoutMs, this.isSent)),
        timeoutMs,
      );
    }
  }

  /** Settles by a reply of this status; one that cannot be decoded rejects with XdrError. */
  answer(status: number, payload: XdrDecoder): void {
    if (this.#isSettled) return;
    this.#settle();
    try {
      if (status === messageStatus.ok) {
        this.#settler.resolve(
          decodeWhole(this.#procedure.result, payload, `answer to ${this.#procedure.name}`),
        );
      } else {
        const report = decodeWhole(errorReport, payload, `error of ${this.#procedure.name}`);
        this.#settler.reject(new LibvirtError(this.#procedure.name, report));
      }
    } catch (error) {
      this.#settler.reject(error);
    }
  }

  /** Settles because the connection has ended. */
  disconnected(reason: Error): void {
    if (this.#isSettled) return;
    this.#settle();
    const message = `${this.#procedure.name}: ${reason.message}`;
    this.#settler.reject(new ConnectionClosedError(message, { cause: reason, wasSent: this.isSent }));
  }

  readonly #onAbort = (): void => this.#giveUp(this.#signal?.reason);

  #giveUp(reason: unknown): void {
    this.#settle();
    this.#settler.reject(reason);
    this.#givenUp();
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
