import type { NoticeKind } from '@nephos/model/generated/enums.ts';

/** Languages that owners of accounts can be told in. */
export const languages = ['en', 'zh'] as const;

/** What is said of something: a subject and a few sentences. */
export interface NoticeText {
  subject: string;
  sentences: string[];
}

type Fact = (name: string) => string;
type Texts = Record<NoticeKind, (fact: Fact) => NoticeText>;

/**
 * Facts, by kind: all have `account`; `BALANCE_LOW` has `currency`, `balance` and `below`; those of arrears have
 * `balances` and, where something follows, `next` (`GRACE`, `STOPPED`, `LOCKED`) and `nextAt`; `BUDGET_REACHED` has
 * `budget`, `month`, `percent`, `amount`, `limit`, `currency`, and `isForecast` (`true`, `false`).
 */
const english: Texts = {
  BALANCE_LOW: (fact) => ({
    subject: `Balance of ${fact('account')} is below ${fact('below')} ${fact('currency')}`,
    sentences: [
      `The balance of account ${fact('account')} is ${fact('balance')} ${fact('currency')}; it fell below ${fact('below')} ${fact('currency')}.`,
      'Please see to it that it does not run out.',
    ],
  }),
  ARREARS_WARNED: (fact) => ({
    subject: `Balance of ${fact('account')} is below zero`,
    sentences: [
      `Account ${fact('account')} has nothing left: ${fact('balances')}.`,
      ...nextInEnglish(fact),
      'Everything goes on as it was once it is paid.',
    ],
  }),
  ARREARS_GRACE: (fact) => ({
    subject: `Nothing new for ${fact('account')} until it is paid`,
    sentences: [
      `Account ${fact('account')} is still below zero: ${fact('balances')}.`,
      'What runs goes on for now; nothing is made or started for it until it is paid.',
      ...nextInEnglish(fact),
    ],
  }),
  ARREARS_STOPPED: (fact) => ({
    subject: `Machines of ${fact('account')} are stopped`,
    sentences: [
      `Account ${fact('account')} is still below zero: ${fact('balances')}. Its machines are stopped.`,
      'They start again once it is paid; their disks are kept, and cost what they cost.',
      ...nextInEnglish(fact),
    ],
  }),
  ARREARS_LOCKED: (fact) => ({
    subject: `Account ${fact('account')} is locked`,
    sentences: [
      `Account ${fact('account')} is still below zero: ${fact('balances')}. It is locked: nobody signs in to it.`,
      'It is unlocked, and its machines start again, once it is paid.',
    ],
  }),
  ARREARS_LIFTED: (fact) => ({
    subject: `Account ${fact('account')} is not in arrears any more`,
    sentences: [
      `Nothing is held back from account ${fact('account')} any more. Its balances: ${fact('balances')}.`,
      'Machines that were stopped because of its arrears start again.',
    ],
  }),
  BUDGET_REACHED: (fact) => ({
    subject: `Budget ${fact('budget')}: ${fact('percent')} %`,
    sentences: [
      fact('isForecast') === 'true'
        ? `If all goes on as now, ${fact('month')} will cost ${fact('amount')} ${fact('currency')}: ${fact('percent')} % of budget ${fact('budget')} of account ${fact('account')}, which is ${fact('limit')} ${fact('currency')}.`
        : `${fact('month')} has cost ${fact('amount')} ${fact('currency')} so far: ${fact('percent')} % of budget ${fact('budget')} of account ${fact('account')}, which is ${fact('limit')} ${fact('currency')}.`,
    ],
  }),
};

function nextInEnglish(fact: Fact): string[] {
  const at = fact('nextAt');
  switch (fact('next')) {
    case 'GRACE':
      return [`From ${at} on nothing is made or started for it.`];
    case 'STOPPED':
      return [`Its machines are stopped at ${at}.`];
    case 'LOCKED':
      return [`It is locked at ${at}.`];
    default:
      return [];
  }
}

const chinese: Texts = {
  BALANCE_LOW: (fact) => ({
    subject: `${fact('account')} 的余额低于 ${fact('below')} ${fact('currency')}`,
    sentences: [
      `账户 ${fact('account')} 的余额为 ${fact('balance')} ${fact('currency')}，已低于 ${fact('below')} ${fact('currency')}。`,
      '请及时充值，以免余额用尽。',
    ],
  }),
  ARREARS_WARNED: (fact) => ({
    subject: `账户 ${fact('account')} 已欠费`,
    sentences: [
      `账户 ${fact('account')} 的余额已用尽：${fact('balances')}。`,
      ...nextInChinese(fact),
      '充值后一切照常。',
    ],
  }),
  ARREARS_GRACE: (fact) => ({
    subject: `账户 ${fact('account')} 欠费：充值前不能新建或启动资源`,
    sentences: [
      `账户 ${fact('account')} 仍在欠费：${fact('balances')}。`,
      '正在运行的资源暂不受影响；充值前不能新建或启动任何资源。',
      ...nextInChinese(fact),
    ],
  }),
  ARREARS_STOPPED: (fact) => ({
    subject: `账户 ${fact('account')} 欠费：虚拟机已停止`,
    sentences: [
      `账户 ${fact('account')} 仍在欠费：${fact('balances')}。其虚拟机已停止。`,
      '充值后会重新启动；云盘保留并继续计费。',
      ...nextInChinese(fact),
    ],
  }),
  ARREARS_LOCKED: (fact) => ({
    subject: `账户 ${fact('account')} 已被锁定`,
    sentences: [
      `账户 ${fact('account')} 仍在欠费：${fact('balances')}。账户已被锁定，无法登录。`,
      '充值后会解锁，虚拟机会重新启动。',
    ],
  }),
  ARREARS_LIFTED: (fact) => ({
    subject: `账户 ${fact('account')} 已解除欠费限制`,
    sentences: [
      `账户 ${fact('account')} 的欠费限制已全部解除，当前余额：${fact('balances')}。`,
      '因欠费停止的虚拟机正在重新启动。',
    ],
  }),
  BUDGET_REACHED: (fact) => ({
    subject: `预算 ${fact('budget')}：${fact('percent')}%`,
    sentences: [
      fact('isForecast') === 'true'
        ? `按目前的用量，${fact('month')} 预计花费 ${fact('amount')} ${fact('currency')}，为账户 ${fact('account')} 的预算 ${fact('budget')}（${fact('limit')} ${fact('currency')}）的 ${fact('percent')}%。`
        : `${fact('month')} 已花费 ${fact('amount')} ${fact('currency')}，为账户 ${fact('account')} 的预算 ${fact('budget')}（${fact('limit')} ${fact('currency')}）的 ${fact('percent')}%。`,
    ],
  }),
};

function nextInChinese(fact: Fact): string[] {
  const at = fact('nextAt');
  switch (fact('next')) {
    case 'GRACE':
      return [`自 ${at} 起不能新建或启动任何资源。`];
    case 'STOPPED':
      return [`虚拟机将于 ${at} 停止。`];
    case 'LOCKED':
      return [`账户将于 ${at} 被锁定。`];
    default:
      return [];
  }
}

/** What a notice says, in a language. */
export function noticeText(
  kind: NoticeKind,
  language: string,
  facts: Readonly<Record<string, string>>,
): NoticeText {
  const texts = language === 'zh' ? chinese : english;
  return texts[kind]((name) => facts[name] ?? '');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);

/** The same as a page: names in it may hold anything. */
export function noticeHtml({ subject, sentences }: NoticeText, language: string): string {
  const paragraphs = sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('\n');
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="font-family: sans-serif; line-height: 1.5">
<h1 style="font-size: 1.25em">${escaped(subject)}</h1>
${paragraphs}
</body>
</html>
`;
}
