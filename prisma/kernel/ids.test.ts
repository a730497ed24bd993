import { expect, test } from 'vitest';
import { findIdKind, idPrefixes, isId, newId, parseId, uuidOf, type IdKind } from './ids.ts';

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
