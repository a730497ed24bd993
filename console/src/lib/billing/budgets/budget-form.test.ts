import { expect, it } from 'vitest';
import { budgetInput, isComplete, percentsOf, typedBudget, wrongFields } from './budget-form.ts';

it('percents are typed as people write them', () => {
  expect(percentsOf('80, 50 % 100，50')).toEqual([50, 80, 100]);
  expect(percentsOf('')).toEqual([]);
  expect(percentsOf('half')).toBeUndefined();
  expect(percentsOf('0')).toBeUndefined();
  expect(percentsOf('12.5')).toBeUndefined();
});

it('a budget needs a name and an amount above zero', () => {
  const typed = { ...typedBudget(), name: 'all', amount: '1500' };
  expect(isComplete(typed)).toBe(true);
  expect(isComplete({ ...typed, name: ' ' })).toBe(false);
  expect(wrongFields({ ...typed, amount: '0.00' })).toEqual(['amount']);
  expect(wrongFields(typedBudget())).toEqual([]);
  expect(isComplete({ ...typed, counts: 'domain' })).toBe(false);
});

it('a value without a key is left out', () => {
  const typed = { ...typedBudget(), name: ' all ', amount: ' 15.5 ', tagValue: 'web' };
  expect(budgetInput(typed)).toEqual({
    name: 'all',
    amount: '15.5',
    currency: 'CNY',
    domainId: null,
    tagKey: null,
    tagValue: null,
    actualPercents: [50, 80, 100],
    forecastPercents: [100],
  });
  expect(budgetInput({ ...typed, tagKey: 'app' })).toMatchObject({ tagKey: 'app', tagValue: 'web' });
});
