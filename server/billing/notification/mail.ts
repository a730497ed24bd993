import type { Row } from '@nephos/model/database.ts';
import { createTransport } from 'nodemailer';
import type { Platform } from '../../platform/platform.ts';
import { noticeHtml, noticeText } from './texts.ts';
import { readMailPassword } from './mail-password.ts';

const secondMs = 1000;

/**
 * Sends a notice by mail. One that is sent again, because nobody knows whether it arrived, has the same Message-ID.
 * @throws Error when the mail server does not take it
 */
export async function sendMail(
  { db, settings, sealing }: Pick<Platform, 'db' | 'settings' | 'sealing'>,
  { id, kind, language, facts, recipient, createdAt }: Row<'Notice'>,
): Promise<void> {
  const host = settings.get('quota.usage.smtp.host');
  if (host === '') throw new Error('no mail server is set: quota.usage.smtp.host is empty');
  const user = settings.get('quota.usage.smtp.user');
  const timeoutMs = settings.get('quota.usage.smtp.connection.timeout') * secondMs;
  const sender = settings.get('quota.usage.smtp.sender');
  const transport = createTransport({
    host,
    port: settings.get('quota.usage.smtp.port'),
    requireTLS: settings.get('quota.usage.smtp.useStartTLS'),
    ...(user !== '' && { auth: { user, pass: await readMailPassword(db, sealing) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  const text = noticeText(kind, language, facts);
  try {
    await transport.sendMail({
      from: { name: settings.get('usage.provider.name'), address: sender },
      to: [{ name: '', address: recipient }],
      messageId: `<${id}@${sender.split('@').at(-1) ?? 'nephos'}>`,
      date: createdAt,
      subject: text.subject,
      text: `${text.sentences.join('\n\n')}\n`,
      html: noticeHtml(text, language),
    });
  } finally {
    transport.close();
  }
}
