import { expect, test } from 'vitest';
import { mostUserDataBytes, userDataProblem } from './user-data.ts';

test('knows what cloud-init knows', () => {
  const texts = [
    '',
    '  \n',
    '#!/bin/sh\necho',
    '#cloud-config\nusers:\n  - name: ops',
    '#include\nhttps://a/b',
  ];
  expect(texts.map(userDataProblem)).toEqual(texts.map(() => undefined));
  expect(userDataProblem('Content-Type: multipart/mixed; boundary="x"')).toBeUndefined();
});

test.each(['echo hello', '# cloud-config', 'users:'])('does not know %j', (text) => {
  expect(userDataProblem(text)).toEqual({ kind: 'unknown' });
});

test('names the line that a tab makes unreadable, in YAML alone', () => {
  expect(userDataProblem('#cloud-config\nusers:\n\t- name: ops')).toEqual({ kind: 'tab', line: 3 });
  expect(userDataProblem('#!/bin/sh\n\techo')).toBeUndefined();
});

test('counts bytes, not letters', () => {
  const head = '#!/bin/sh\n#';
  expect(userDataProblem(head + 'x'.repeat(mostUserDataBytes - head.length))).toBeUndefined();
  expect(userDataProblem(head + '云'.repeat(mostUserDataBytes / 3))).toEqual({ kind: 'size' });
});
