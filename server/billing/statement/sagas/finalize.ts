import { z } from 'zod';
import { ServerStopping } from '../../../platform/jobs/job-error.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { Platform } from '../../../platform/platform.ts';
import { markIssued, readClosedUntil, readCorrected, readUnbilled } from '../candidates.ts';
import { issueStatement } from '../issue.ts';
import type { StatementKey } from '../month-sums.ts';

const finalizeInput = z.object({
  /** `2026-11` */
  month: z.string(),
});

type FinalizeInput = z.output<typeof finalizeInput>;
type FinalizeOutputs = {
  takeStock: { ratedUntil: string };
  issueCreditNotes: undefined;
  issueStatements: undefined;
};

/**
 * Issues the credit notes that became due, and a month's statements, one in a transaction: whoever goes on after a
 * crash finds those that were issued, and leaves them as they are.
 */
export function finalizeStatementsSaga(platform: Platform) {
  const { db, clock, mutations, runner, settings } = platform;

  const issueAll = async (
    keys: readonly StatementKey[],
    ratedUntil: Date,
    progress: (percent: number, detail: string) => void,
  ) => {
    for (const [index, key] of keys.entries()) {
      if (runner.isStopping) throw new ServerStopping('this server stops');
      await mutations.run({ action: 'statement.finalize', actor: null, input: {} }, async (mutation) => {
        await issueStatement(mutation, settings, { ...key, ratedUntil });
        return {};
      });
      progress(Math.floor((100 * (index + 1)) / keys.length), `${index + 1} of ${keys.length}`);
    }
  };

  return defineSaga<FinalizeInput, FinalizeOutputs>({
    kind: 'statement.finalize',
    input: finalizeInput,
    // What was issued stays.
    noReturnFrom: 'issueCreditNotes',
    steps: [
      {
        // What is closed from here on is for the next credit notes: a repetition counts the same.
        name: 'takeStock',
        act: async () => ({ ratedUntil: ((await readClosedUntil(db)) ?? clock.now()).toISOString() }),
      },
      {
        name: 'issueCreditNotes',
        act: async (run) => {
          const ratedUntil = new Date(run.output('takeStock').ratedUntil);
          await issueAll(await readCorrected(db, { ratedUntil }), ratedUntil, run.progress.bind(run));
        },
      },
      {
        name: 'issueStatements',
        act: async (run) => {
          const { month } = run.input;
          const ratedUntil = new Date(run.output('takeStock').ratedUntil);
          const timeZone = settings.get('usage.aggregation.timezone');
          const unbilled = await readUnbilled(db, { month, ratedUntil, timeZone });
          await issueAll(unbilled, ratedUntil, run.progress.bind(run));
        },
        record: (tx, run) =>
          markIssued(tx, {
            month: run.input.month,
            ratedUntil: new Date(run.output('takeStock').ratedUntil),
            at: clock.now(),
          }),
      },
    ],
  });
}
