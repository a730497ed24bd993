import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { asCurl, asGraphql, shellQuoted } from './request-text.ts';

describe('the same request as text', () => {
  it('has the variables below the mutation', () => {
    const [mutation = '', variables = ''] = asGraphql({ name: 'web-1' }).split('# variables\n');
    expect(mutation).toContain('deployVirtualMachine(input: $input)');
    expect(JSON.parse(variables)).toEqual({ input: { name: 'web-1' } });
  });

  it('is a shell command whose body is JSON', () => {
    const command = asCurl({ name: "it's" }, 'https://cloud.example');
    expect(command).toContain('curl https://cloud.example/graphql');
    const shown = execFileSync('sh', ['-c', command.replace(/^curl/, "printf '%s\\0'")], {
      encoding: 'utf8',
    });
    const body: unknown = JSON.parse(shown.split('\0').at(-2) ?? '');
    expect(body).toMatchObject({ variables: { input: { name: "it's" } } });
  });

  it('quotes whatever the text holds', () => {
    for (const text of ["a'b", '$HOME `ls` "x"', '\\']) {
      expect(execFileSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text);
    }
  });
});
