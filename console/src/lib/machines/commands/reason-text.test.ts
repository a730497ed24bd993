// @vitest-environment jsdom
import { afterEach, expect, it } from 'vitest';
import { locale } from '../../i18n/locale.svelte.ts';
import { reasonText } from './reason-text.ts';

afterEach(() => locale.set('en'));

const told = [
  ['it is RUNNING, and must be STOPPED', 'It is “Running” and must be Stopped'],
  [
    'it is DESTROYED, and must be STOPPED or RUNNING or ERROR',
    'It is “In the recycle bin” and must be Stopped, Running, or Error',
  ],
  ['your role does not allow virtualMachine.start', 'Your role does not allow this'],
  ['its account is DISABLED', 'Its account is disabled'],
] as const;

it.each(told)('tells that %s', (reason, text) => expect(reasonText(reason)).toBe(text));

it('tells it in the language of the reader', () => {
  locale.set('zh-CN');
  expect(reasonText('it is RUNNING, and must be STOPPED or SUSPENDED')).toBe(
    '当前状态为“运行中”，须为已停止或已挂起',
  );
});

it('says what it has no words for as the server does', () =>
  expect(reasonText('the moon is full')).toBe('the moon is full'));
