import { describe, expect, it } from 'vitest';
import { csvLine, csvValue } from './csv.ts';

describe('csvValue', () => {
  it('quotes as RFC 4180 says', () => {
    expect(csvValue('plain')).toBe('plain');
    expect(csvValue('a,b')).toBe('"a,b"');
    expect(csvValue('say "it"')).toBe('"say ""it"""');
    expect(csvValue('two\nlines')).toBe('"two\nlines"');
    expect([csvValue(null), csvValue(undefined), csvValue(0)]).toEqual(['', '', '0']);
    expect(csvValue('虚拟机')).toBe('虚拟机');
  });

  it('lets no spreadsheet run anything', () => {
    expect(csvValue('=HYPERLINK("http://x")')).toBe(`"'=HYPERLINK(""http://x"")"`);
    for (const start of ['=', '+', '-', '@', '\t']) expect(csvValue(`${start}cmd`)).toBe(`'${start}cmd`);
    expect(csvValue('\rcmd')).toBe(`"'\rcmd"`);
  });

  it('leaves numbers numbers', () => {
    expect([csvValue(-5), csvValue('-12.50')]).toEqual(['-5', '-12.50']);
  });

  it('ends lines as RFC 4180 says', () => {
    expect(csvLine(['a', 1, null])).toBe('a,1,\r\n');
  });
});
