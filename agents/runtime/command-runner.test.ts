import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandFinished } from '@nephos/agent-protocol/reports.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandFailure, OutcomeUnknown } from './command-failure.ts';
import { type CommandHandler, CommandRunner } from './command-runner.ts';
import { CommandJournal } from './journal.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-runner-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Has a command carried out by a handler. @returns what the server was told of it */
async function outcomeOf(handler: CommandHandler<'machine.remove'>): Promise<CommandFinished['outcome']> {
  const told = Promise.withResolvers<CommandFinished>();
  const runner = new CommandRunner({
    journal: await CommandJournal.open(folder),
    handlers: { 'machine.remove': handler },
    log: pino({ level: 'silent' }),
    reportFinished: (report) => {
      told.resolve(report);
      return Promise.resolve();
    },
    reportProgress: () => undefined,
  });
  await runner.accept({
    commandId: 'one',
    kind: 'machine.remove',
    payload: { machineId: newId('VirtualMachine') },
    deadlineSeconds: 60,
    traceId: '',
  });
  return (await told.promise).outcome;
}

const refused = () => Promise.reject(new CommandFailure('IN_USE', 'no'));
const cutOff = () => Promise.reject(new OutcomeUnknown('the hypervisor went away'));

test('what fails is told as it is', async () => {
  expect(await outcomeOf({ run: refused, observe: () => Promise.resolve({}) })).toMatchObject({
    status: 'FAILED',
    error: { code: 'IN_USE' },
  });
});

test('what was cut off is told by what is there, once that can be seen', async () => {
  let looks = 0;
  const observe = () => (looks++ === 0 ? cutOff() : Promise.resolve({}));
  expect(await outcomeOf({ run: cutOff, observe })).toMatchObject({ status: 'SUCCEEDED' });
  expect(looks).toBe(2);
});

test('what was cut off before it acted may be asked for anew', async () => {
  expect(await outcomeOf({ run: cutOff, observe: () => Promise.resolve(null) })).toEqual({
    status: 'INTERRUPTED',
  });
});
