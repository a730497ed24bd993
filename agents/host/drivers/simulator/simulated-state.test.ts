import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateFile } from './simulated-state.ts';

let folder: string;
let place: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nephos-state-'));
  place = path.join(folder, 'simulated.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('what was written last is read, and only what is new is written', () => {
  const file = new StateFile(place);
  const state = file.read();
  for (let index = 0; index < 100; index++) state.volumes[`pool/${index}`] = { sizeBytes: '1' };
  file.write(state);
  const before = readFileSync(place, 'utf8').length;
  state.volumes['pool/7']!.sizeBytes = '2';
  Reflect.deleteProperty(state.volumes, 'pool/8');
  file.write(state);
  file.write(state);
  expect(readFileSync(place, 'utf8').slice(before)).toBe(
    '{"volumes":{"pool/7":{"sizeBytes":"2"},"pool/8":null}}\n',
  );
  expect(new StateFile(place).read()).toEqual(state);
});

test('a line that was cut off is left out, and the file does not grow without end', () => {
  const file = new StateFile(place);
  const state = file.read();
  for (let size = 0; size < 2500; size++) {
    state.volumes['pool/0'] = { sizeBytes: String(size) };
    file.write(state);
  }
  expect(readFileSync(place, 'utf8').split('\n').length).toBeLessThan(1100);
  appendFileSync(place, '{"volumes":{"pool/0":nu');
  expect(new StateFile(place).read()).toEqual(state);
});
