import { describe, expect, it } from 'vitest';
import type { Problem } from '../api/problem.ts';
import { FormFields } from './form-fields.svelte.ts';

const problem = (...paths: string[]): Problem => ({
  code: 'VALIDATION_FAILED',
  message: '',
  details: {},
  violations: paths.map((path) => ({ path, value: '""', rule: `${path} is wrong` })),
});

describe('the fields of a form', () => {
  it('are told what the server says of them, and of their parts', () => {
    const fields = new FormFields();
    fields.tell(problem('input.price.tiers.0.price', 'input.name'));
    expect(fields.violationOf('name')?.rule).toBe('input.name is wrong');
    expect(fields.violationOf('price.tiers')?.rule).toBe('input.price.tiers.0.price is wrong');
    expect(fields.violationOf('price.tier')).toBeUndefined();
  });

  it('are told nothing any more once the form was sent again', () => {
    const fields = new FormFields();
    const takeBack = fields.tell(problem('input.name'));
    fields.tell(problem('input.amount'));
    takeBack();
    expect(fields.violationOf('name')).toBeUndefined();
    expect(fields.violationOf('amount')).toBeDefined();
  });

  it('give their labels as long as they are there', () => {
    const fields = new FormFields();
    const takeOut = fields.add('emails', 'Mail addresses');
    const [violation] = problem('input.emails.1').violations;
    expect(fields.labelOf(violation!)).toBe('Mail addresses');
    takeOut();
    expect(fields.labelOf(violation!)).toBeUndefined();
  });
});
