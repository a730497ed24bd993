import { LibvirtDriver } from '@nephos/host-agent/drivers/libvirt/libvirt-driver.ts';
import { MigrationTestHost } from '@nephos/host-agent/migration/test-host.ts';
import pino from 'pino';
import type { HostAnswer, HostQuestion } from './host-process.ts';

let host: MigrationTestHost | undefined;

async function answer(question: HostQuestion): Promise<unknown> {
  if (question.ask === 'start') {
    const { driver: options, ...agent } = question.options;
    const log = pino({ level: process.env.NEPHOS_AGENT_LOG_LEVEL ?? 'silent' });
    host = new MigrationTestHost({ ...agent, driver: await LibvirtDriver.open({ ...options, log }) });
    return null;
  }
  if (host === undefined) throw new Error('not started yet');
  const { kind, payload } = question;
  if (question.ask === 'observe') return host.handlers[kind]?.observe(payload as never);
  return host.run(kind, payload as never, {
    signal: new AbortController().signal,
    progress: (percent, detail) => say({ percent, detail }),
  });
}

const say = (message: HostAnswer) => process.send?.(message);

process.on('message', (question: HostQuestion) => {
  answer(question).then(
    (result) => say({ id: question.id, answer: result }),
    (error: unknown) => {
      const { message, code } = error as Error & { code?: string };
      say({ id: question.id, failure: { message, code } });
    },
  );
});
process.once('disconnect', () => process.exit(0));
