import { expect, test } from 'vitest';
import { derivedIdStem, findIdKind, idPrefixes, isId, newId, parseId, uuidOf, type IdKind } from './ids.ts';

test('every kind has a prefix of its own', () => {
  const prefixes = Object.values(idPrefixes);
  expect(new Set(prefixes).size).toBe(prefixes.length);
});

test('a new id is of its kind and of no other', () => {
  for (const kind of Object.keys(idPrefixes) as IdKind[]) {
    const id = newId(kind);
    expect(findIdKind(id)).toBe(kind);
    expect(parseId(kind, id)).toBe(id);
  }
  expect(isId('Host', newId('VirtualMachine'))).toBe(false);
});

test('ids sort by the time they were made', async () => {
  const first = newId('Job');
  await new Promise((resolve) => setTimeout(resolve, 3));
  expect(newId('Job') > first).toBe(true);
});

test.each([
  '',
  'vm_',
  'vm_01h',
  'vm_8zzzzzzzzzzzzzzzzzzzzzzzzz',
  'VM_01h455vb4pex5vsknk084sn02q',
  'xx_01h455vb4pex5vsknk084sn02q',
])('refuses %j', (text) => {
  expect(findIdKind(text)).toBeUndefined();
  expect(() => parseId('VirtualMachine', text)).toThrow(RangeError);
});

test('gives the UUID inside', () => {
  expect(uuidOf(parseId('VirtualMachine', 'vm_01h455vb4pex5vsknk084sn02q'))).toBe(
    '01890a5d-ac96-774b-bcce-b302099a8057',
  );
});

test('an id that derives from facts begins as one that is made at that time', () => {
  const at = Date.now();
  const made = newId('UsageRecord');
  const stems = [at, at + 1, at + 2, at + 3].map((moment) => derivedIdStem('UsageRecord', new Date(moment)));
  expect(stems).toContain(made.slice(0, 'usg_'.length + 10));
  expect(derivedIdStem('UsageRecord', new Date('2026-10-15T00:00:00Z'))).toBe('usg_01m4ydqk00');
});
