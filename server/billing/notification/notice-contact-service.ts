import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import { isMailAddress } from '../../identity/user/new-user.ts';
import type { Actor } from '../../platform/actor.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { writeMailPassword } from './mail-password.ts';
import { languages } from './texts.ts';
import { newWebhookSecret } from './webhook-secret.ts';

/** How the owner of an account wants to be told. */
export type NoticeContact = Pick<
  Row<'NoticeContact'>,
  'accountId' | 'language' | 'emails' | 'webhookUrl' | 'version'
>;

export interface UpdateNoticeContactInput extends ExpectsVersion {
  accountId: Id<'Account'>;
  language: string;
  emails: readonly string[];
  webhookUrl: string | null;
}

const action = 'noticeContact.update';
const mostEmails = 10;
const longestUrl = 1024;

/** How owners of accounts are told. */
export class NoticeContactService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** As somebody set it, or as it is without that. @throws PlatformError NOT_FOUND */
  async find(actor: Actor, accountId: Id<'Account'>): Promise<NoticeContact> {
    const { db } = this.#platform;
    await getGuarded(db, actor, 'Account', accountId, 'noticeContact.list');
    const contact = await db
      .selectFrom('NoticeContact')
      .select(['accountId', 'language', 'emails', 'webhookUrl', 'version'])
      .where('accountId', '=', accountId)
      .executeTakeFirst();
    return contact ?? { accountId, language: 'en', emails: [], webhookUrl: null, version: 0 };
  }

  /**
   * Another webhook gets another secret.
   * @returns with it, the secret: shown now and never again
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  async update(actor: Actor, input: UpdateNoticeContactInput): Promise<{ webhookSecret: string | null }> {
    const { sealing, mutations } = this.#platform;
    const { accountId, language, webhookUrl } = input;
    const emails = [...new Set(input.emails)];
    checkContact({ ...input, emails });
    let webhookSecret: string | null = null;
    await mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      await tx.selectFrom('Account').select('id').where('id', '=', accountId).forUpdate().execute();
      await getForChange(tx, actor, 'Account', accountId, action);
      const seen = await tx
        .selectFrom('NoticeContact')
        .selectAll()
        .where('accountId', '=', accountId)
        .executeTakeFirst();
      assertVersion('the contact', { version: seen?.version ?? 0 }, input);
      let sealed = webhookUrl === null ? null : (seen?.webhookSecret ?? null);
      if (webhookUrl !== null && webhookUrl !== seen?.webhookUrl) {
        const made = newWebhookSecret(sealing, accountId);
        webhookSecret = made.secret;
        ({ sealed } = made);
      }
      const facts = { language, emails, webhookUrl, webhookSecret: sealed };
      await tx
        .insertInto('NoticeContact')
        .values({ accountId, ...facts })
        .onConflict((conflict) => conflict.column('accountId').doUpdateSet(facts))
        .execute();
      mutation.concerns('Account', accountId, accountId, { language, emails, webhookUrl });
      return {};
    });
    return { webhookSecret };
  }

  /** Keeps the password for the mail server, sealed. @throws PlatformError VALIDATION_FAILED */
  async setMailPassword(actor: Actor, password: string): Promise<void> {
    const check = new Check();
    check.that(
      password.length <= 255 && !/\p{Cc}/u.test(password),
      'input.password',
      '…',
      'must be at most 255 characters without line breaks',
    );
    check.done();
    const { mutations, sealing } = this.#platform;
    await mutations.run({ action: 'setting.update', actor, input: {} }, async (mutation) => {
      await writeMailPassword(mutation.tx, sealing, password);
      mutation.concerns('Setting', 'quota.usage.smtp.password', null);
      return {};
    });
  }
}

function checkContact({ language, emails, webhookUrl }: Omit<UpdateNoticeContactInput, 'accountId'>): void {
  const check = new Check();
  check.that(
    languages.some((each) => each === language),
    'input.language',
    language,
    `must be one of ${languages.join(', ')}`,
  );
  check.range('input.emails', emails.length, 0, mostEmails);
  emails.forEach((email, index) =>
    check.that(
      isMailAddress(email),
      `input.emails.${index}`,
      email,
      'must be an e-mail address of at most 254 characters',
    ),
  );
  if (webhookUrl !== null)
    check.that(
      isWebhookUrl(webhookUrl),
      'input.webhookUrl',
      webhookUrl,
      `must be an http or https URL of at most ${longestUrl} characters, without a name and password`,
    );
  check.done();
}

function isWebhookUrl(text: string): boolean {
  if (text.length > longestUrl || !URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '' && hash === '';
}
