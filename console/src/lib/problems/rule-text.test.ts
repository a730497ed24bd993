import { describe, expect, it } from 'vitest';
import { ruleText, violationText } from './rule-text.ts';

describe('a rule of the server', () => {
  it.each([
    ['must be from 1 to 36', 'must be from 1 to 36'],
    ['is the name of another budget of the account', 'is taken already: choose another name'],
    [
      'must be a decimal that is not negative, of at most 15 digits before and 12 after the point',
      'must be zero or more, with at most 12 digits after the point',
    ],
    [
      'must be zero or more, with at most 6 digits after the point',
      'must be zero or more, with at most 6 digits after the point',
    ],
    [
      'must be above 0, with at most 15 digits before and 2 after the point',
      'must be above zero, with at most 2 digits after the point',
    ],
  ])('%j is told as %j', (rule, text) => expect(ruleText(rule)).toBe(text));

  it('that is not known is told as it is', () =>
    expect(ruleText('must be as nobody says it')).toBe('must be as nobody says it'));
});

describe('what breaks a rule', () => {
  const violation = { path: 'input.name', value: '"tiny"', rule: 'is the name of another service offering' };

  it('is called by the label of its field', () =>
    expect(violationText(violation, 'Name')).toBe('Name: is taken already: choose another name'));

  it('is called by its value where it has no field', () =>
    expect(violationText(violation)).toBe('"tiny": is taken already: choose another name'));

  it('is not called at all where it has neither', () =>
    expect(violationText({ path: 'input.hosts', value: 'null', rule: 'must be given' })).toBe(
      'must be given',
    ));
});
