import { describe, expect, it } from 'vitest';
import { completed, suggestionsFor, wordAt } from './completion.ts';
import type { FilterKey } from './filter-key.ts';
import { quoted, quotedText, tokensOf } from './grammar.ts';
import { readFilters, writeFilters } from './read-filters.ts';

const zones = [
  { id: 'zone_1', name: 'bj' },
  { id: 'zone_2', name: 'North 1' },
  { id: 'zone_3', name: 'twin', detail: 'a' },
  { id: 'zone_4', name: 'twin', detail: 'b' },
];
const keys: FilterKey[] = [
  {
    key: 'state',
    label: 'State',
    values: [
      { value: 'RUNNING', label: 'Running' },
      { value: 'STOPPED', label: '已停止' },
      { value: 'PREPARE_FOR_MAINTENANCE', label: 'Being emptied' },
    ],
  },
  {
    key: 'zone',
    label: 'Zone',
    lookup: {
      find: (text) => Promise.resolve(zones.filter(({ id, name }) => id === text || name.includes(text))),
    },
  },
  { key: 'tag', label: 'Tag', pattern: /^[^=]+=/, example: 'web=1' },
  { key: 'ip', parameter: 'address', label: 'Address' },
];
const problemsOf = async (text: string) => (await readFilters(text, keys)).problems;

describe('the grammar of filters', () => {
  it('reads keys, several values, quotes and free text', () => {
    const tokens = tokensOf('state:running,"a, b" zone:"North 1" -tag:x web "two words"');
    expect(
      tokens.map((token) => (token.kind === 'text' ? token.text : [token.key, ...token.values])),
    ).toEqual([['state', 'running', 'a, b'], ['zone', 'North 1'], ['tag', 'x'], 'web', 'two words']);
    expect(tokens.map((token) => token.kind === 'filter' && token.isNegated)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it('takes addresses for text, and quotes what would be read otherwise', () => {
    for (const address of ['52:54:00:ab:cd:ef', 'fe80::1', '::1', '10.1.0.7']) {
      expect(tokensOf(address)).toMatchObject([{ kind: 'text', text: address }]);
    }
    for (const text of ['a:b', 'plain', 'say"it"', 'back\\slash']) {
      expect(tokensOf(quotedText(text))).toMatchObject([{ kind: 'text', text }]);
    }
    expect([quoted('bj'), quoted('a b'), quoted('')]).toEqual(['bj', '"a b"', '""']);
  });

  it('reads what is being written, however incomplete', () => {
    for (const text of ['"', 'state:', 'state:"', ':', 'a:b:c', '-', '\\', 'x"y z']) {
      expect(() => tokensOf(text)).not.toThrow();
    }
  });
});

describe('readFilters', () => {
  it('finds values by any of their names, and things by name or id', async () => {
    const read = await readFilters(
      'STATE:running,已停止,prepare-for-maintenance zone:BJ web ip:10.0.0.1',
      keys,
    );
    expect(read).toEqual({
      search: 'web',
      parameters: {
        state: ['RUNNING', 'STOPPED', 'PREPARE_FOR_MAINTENANCE'],
        zone: [],
        tag: [],
        address: ['10.0.0.1'],
      },
      problems: [{ kind: 'unknown', key: 'zone', value: 'BJ', found: [] }],
    });
    expect((await readFilters('zone:bj', keys)).parameters['zone']).toEqual(['zone_1']);
    expect((await readFilters('zone:zone_4', keys)).parameters['zone']).toEqual(['zone_4']);
  });

  it('says what is wrong, with the value and what may be written', async () => {
    expect(await problemsOf('colour:red')).toEqual([
      { kind: 'key', key: 'colour', keys: ['state', 'zone', 'tag', 'ip'] },
    ]);
    expect(await problemsOf('state:runing')).toEqual([
      {
        kind: 'value',
        key: 'state',
        value: 'runing',
        values: ['running', 'stopped', 'prepare-for-maintenance'],
      },
    ]);
    expect(await problemsOf('tag:web')).toEqual([
      { kind: 'form', key: 'tag', value: 'web', example: 'web=1' },
    ]);
    expect(await problemsOf('zone:twin')).toEqual([
      { kind: 'ambiguous', key: 'zone', value: 'twin', found: ['a', 'b'] },
    ]);
    expect(await problemsOf('state:')).toEqual([{ kind: 'empty', key: 'state' }]);
    expect(await problemsOf('-state:running')).toEqual([{ kind: 'negated', key: 'state' }]);
    expect(await problemsOf('ip:10.0.0.1,10.0.0.2')).toEqual([{ kind: 'several', key: 'ip' }]);
  });

  it('reads what it writes', async () => {
    const parameters: Record<string, string[]> = {
      state: ['STOPPED', 'RUNNING'],
      zone: ['zone_2'],
      tag: ['a b="c"'],
      address: ['10.0.0.7'],
    };
    const nameOf = (id: string) => zones.find((zone) => zone.id === id)?.name;
    const text = writeFilters(keys, (name) => parameters[name] ?? [], 'two x:y', nameOf);
    expect(text).toBe(String.raw`state:stopped,running zone:"North 1" tag:"a b=\"c\"" ip:10.0.0.7 two "x:y"`);
    expect(await readFilters(text, keys)).toEqual({ search: 'two x:y', parameters, problems: [] });
  });
});

describe('completion', () => {
  const suggest = async (text: string) =>
    (await suggestionsFor(wordAt(text, text.length), keys)).map(({ written }) => written);

  it('offers keys, values and names', async () => {
    expect(await suggest('st')).toEqual(['state:']);
    expect(await suggest('web state:RUN')).toEqual(['running']);
    expect(await suggest('state:running,st')).toEqual(['stopped']);
    expect(await suggest('zone:North')).toEqual(['"North 1"']);
    expect(await suggest('zone:"North')).toEqual(['"North 1"']);
    expect(await suggest('zone:twin')).toEqual(['zone_3', 'zone_4']);
    expect(await suggest('nothing:x')).toEqual([]);
  });

  it('takes one where the caret is', () => {
    const take = (text: string, caret: number, written: string) =>
      completed(text, wordAt(text, caret), { written, label: '' });
    expect(take('st', 2, 'state:')).toEqual({ text: 'state:', caret: 6 });
    expect(take('state:ru web', 8, 'running')).toEqual({ text: 'state:running web', caret: 13 });
    expect(take('zone:"No', 8, '"North 1"')).toEqual({ text: 'zone:"North 1" ', caret: 15 });
    expect(take('state:running,st', 16, 'stopped')).toEqual({ text: 'state:running,stopped ', caret: 22 });
  });
});
