import { expect, it } from 'vitest';
import { actionText } from './action-text.ts';

it.each([
  ['virtualMachine.deploy', 'Virtual machine: create'],
  ['session.signIn', 'Session: sign in'],
  ['quotaPolicy.update', 'Arrears policy: change'],
  ['somethingNew.create', 'somethingNew.create'],
  ['host.somethingNew', 'host.somethingNew'],
])('%s is “%s”', (action, text) => {
  expect(actionText(action)).toBe(text);
});
