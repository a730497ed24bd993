import { describe, expect, it } from 'vitest';
import { readOrder, writeOrder } from './list-order.ts';

const options = {
  fields: ['NAME', 'CREATED_AT'],
  order: { field: 'CREATED_AT', direction: 'DESC' },
} as const;

describe('the order in the address', () => {
  it('is read', () => {
    expect(readOrder('NAME', options)).toEqual({ field: 'NAME', direction: 'ASC' });
    expect(readOrder('-NAME', options)).toEqual({ field: 'NAME', direction: 'DESC' });
  });

  it('is the usual one when the address names none, or one that does not exist', () => {
    expect(readOrder(null, options)).toEqual(options.order);
    expect(readOrder('-SECRET', options)).toEqual(options.order);
  });

  it('is written as it is read', () => {
    for (const text of ['NAME', '-CREATED_AT']) expect(writeOrder(readOrder(text, options))).toBe(text);
  });
});
