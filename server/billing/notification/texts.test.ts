import { NoticeKind } from '@nephos/model/generated/enums.ts';
import { expect, test } from 'vitest';
import { noticeHtml, noticeText } from './texts.ts';

const names = ['account', 'currency', 'balance', 'below', 'balances', 'budget', 'month', 'percent', 'amount'];
const facts = {
  ...Object.fromEntries(names.map((name) => [name, `<${name}>`])),
  ...{ limit: '<limit>', isForecast: 'true', next: 'STOPPED', nextAt: '2026-12-01 00:00 UTC' },
};

test.each(Object.values(NoticeKind))('%s is told in both languages, with all that it is about', (kind) => {
  const [english, chinese] = ['en', 'zh'].map((language) => noticeText(kind, language, facts));
  expect(english?.subject).not.toBe(chinese?.subject);
  expect(chinese?.sentences.join('')).toMatch(/\p{Script=Han}/u);
  const told = (text = english) => [...(text?.sentences.join(' ').matchAll(/<\w+>/g) ?? [])].map(String);
  expect(new Set(told(chinese))).toEqual(new Set(told(english)));
  expect(english?.sentences.join(' ')).toContain('<account>');
});

test('what follows is told with its moment, and nothing where nothing does', () => {
  expect(noticeText('ARREARS_GRACE', 'en', facts).sentences.at(-1)).toContain('2026-12-01 00:00 UTC');
  expect(noticeText('ARREARS_GRACE', 'en', { ...facts, next: '' }).sentences).toHaveLength(2);
});

test('names are text on the page, whatever they hold', () => {
  const html = noticeHtml(noticeText('BALANCE_LOW', 'en', { account: '<img src=x>&"' }), 'en');
  expect(html).toContain('&lt;img src=x&gt;&amp;&quot;');
  expect(html).not.toContain('<img');
});
