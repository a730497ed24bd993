import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { JobError } from '@nephos/model/shapes/job.ts';
import type { z } from 'zod';

/** What may be written down between two steps. Counts beyond 2^53 travel as text. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What each step of a saga returns, by step name; `undefined` for steps that return nothing. */
export type SagaOutputs = Record<string, Json | undefined>;

/** One run of a saga, as its steps see it. */
export interface SagaRun<Input, Outputs extends SagaOutputs> {
  readonly jobId: Id<'Job'>;
  readonly traceId: string;
  readonly input: Input;
  /** Aborts when the job is to be cancelled and this step may be broken off. */
  readonly signal: AbortSignal;
  /**
   * The same for every repetition of this step's act, or undo, whichever server repeats it: what is sent under it
   * acts once.
   */
  readonly commandKey: string;
  /** What an earlier step returned. @throws when that step has not succeeded */
  output<Name extends keyof Outputs & string>(step: Name): NonNullable<Outputs[Name]>;
  /** Like {@link output}, for an undo that must cope with a step that never got that far. */
  findOutput<Name extends keyof Outputs & string>(step: Name): Outputs[Name] | undefined;
  /** Tells people how far this step is: 0 to 100, and a short sentence. */
  progress(percent: number, detail: string): void;
}

/**
 * One step. `act` and `undo` reach outside and may be repeated after a crash; `record` and `recordUndo` write to the
 * database in the very transaction that marks the step as done, or undone, and so happen exactly once.
 */
export interface Step<
  Input,
  Outputs extends SagaOutputs,
  Name extends keyof Outputs & string = keyof Outputs & string,
> {
  /** camelCase; the console translates it. */
  name: Name;
  act?(run: SagaRun<Input, Outputs>): Promise<Outputs[Name]>;
  record?(tx: Transaction, run: SagaRun<Input, Outputs>, output: Outputs[Name]): Promise<void>;
  /** Takes back what `act` did, did in part, or did not do at all: it cannot know which. */
  undo?(run: SagaRun<Input, Outputs>): Promise<void>;
  /** Takes back what `record` wrote. Called only if `record` was. */
  recordUndo?(tx: Transaction, run: SagaRun<Input, Outputs>): Promise<void>;
}

type AnyStepOf<Input, Outputs extends SagaOutputs> = {
  [Name in keyof Outputs & string]: Step<Input, Outputs, Name>;
}[keyof Outputs & string];

/** An operation in named steps that either all happen or are all taken back, unless it says otherwise. */
export interface Saga<Input = unknown, Outputs extends SagaOutputs = SagaOutputs> {
  /** `virtualMachine.deploy` */
  kind: string;
  input: z.ZodType<Input>;
  steps: readonly AnyStepOf<Input, Outputs>[];
  /** The step from whose beginning on the job can no longer be cancelled. Absent: always can. */
  noReturnFrom?: keyof Outputs & string;
  /**
   * The step with which all is done that was asked for. It can be cancelled until it succeeds; from then on the job
   * can not, and what is left to do, only tidying up, must not fail.
   */
  noReturnAfter?: keyof Outputs & string;
  /**
   * What succeeded stays when a later step fails or the job is cancelled: only the step that failed is taken back. For
   * work that somebody mends and goes on with in another job, given what is `done`.
   */
  keepsWhatSucceeded?: true;
  /** In the transaction that ends the job well. @returns id of what it made, if it made something */
  succeeded?(tx: Transaction, run: SagaRun<Input, Outputs>): Promise<string | undefined>;
  /** In the transaction that ends the job after everything was taken back. */
  failed?(tx: Transaction, run: SagaRun<Input, Outputs>, error: JobError): Promise<void>;
}

/** States the types of a saga's input and outputs once, for all of its steps. */
export function defineSaga<Input, Outputs extends SagaOutputs>(
  saga: Saga<Input, Outputs>,
): Saga<Input, Outputs> {
  return saga;
}
