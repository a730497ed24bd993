import { expect, test } from 'vitest';
import { isComplete, newSecret, targetInput, typedSchedule, typedTarget } from './schedule-form.ts';
import type { ExportSchedule } from './schedule-queries.ts';

const none = { folder: null, endpoint: null, region: null, bucket: null, prefix: null };
const bucket: ExportSchedule['target'] = {
  ...{ ...none, destination: 'S3', url: null, sends: null, isPathStyle: false },
  ...{
    endpoint: 'https://s3.example.com',
    region: 'eu-1',
    bucket: 'billing',
    prefix: '',
    accessKeyId: 'AKIA',
  },
};

test('a secret that is left empty stays as it is', () => {
  expect(targetInput(typedTarget(bucket, 'new'))).toEqual({
    bucket: {
      ...{ endpoint: 'https://s3.example.com', region: 'eu-1', bucket: 'billing', prefix: '' },
      ...{ accessKeyId: 'AKIA', isPathStyle: false, secretAccessKey: null },
    },
  });
  expect(isComplete(typedTarget(bucket, ''), false)).toBe(true);
  expect(isComplete(typedTarget(bucket, ''), true)).toBe(false);
});

test('a new webhook comes with a key of its own', () => {
  const secret = newSecret();
  expect(secret).toMatch(/^[0-9a-f]{48}$/);
  const typed = { ...typedTarget(undefined, secret), url: ' https://example.com/usage ' };
  expect(targetInput(typed)).toEqual({
    webhook: { url: 'https://example.com/usage', sends: 'FILE', secret },
  });
  expect(isComplete(typed, true)).toBe(true);
});

test('a folder needs nothing more', () => {
  expect(isComplete({ ...typedTarget(undefined, ''), destination: 'FOLDER' }, true)).toBe(true);
  expect(typedSchedule().cron).toBe('0 3 * * *');
});
