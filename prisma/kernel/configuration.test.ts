import { expect, test } from 'vitest';
import { choice, ConfigurationError, count, port, readConfiguration, secret, url } from './configuration.ts';

const variables = {
  HTTP_PORT: port({ description: '', fallback: '8080' }),
  WORKERS: count({ description: '', fallback: '4', from: 1, to: 16 }),
  MODE: choice({ description: '', fallback: 'auto', options: ['auto', 'manual'] }),
  DATABASE: url({ description: '', fallback: null, schemes: ['postgresql'] }),
  PASSWORD: secret({ description: '' }),
};

test('takes defaults, and an empty variable for one that is not set', () => {
  const read = readConfiguration(variables, { DATABASE: 'postgresql://localhost/x', WORKERS: '' });
  expect(read).toEqual({
    HTTP_PORT: 8080,
    WORKERS: 4,
    MODE: 'auto',
    DATABASE: 'postgresql://localhost/x',
    PASSWORD: '',
  });
});

test('names every variable that is wrong, its value and its rule', () => {
  const read = () => readConfiguration(variables, { HTTP_PORT: '80800', WORKERS: '3.5', MODE: 'Auto' });
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow('HTTP_PORT is "80800"; it must be a port number from 0 to 65535');
  expect(read).toThrow('WORKERS is "3.5"; it must be a whole number from 1 to 16');
  expect(read).toThrow('MODE is "Auto"; it must be one of auto, manual');
  expect(read).toThrow('DATABASE is not set');
});

test('does not repeat what may hold a password', () => {
  const read = () => readConfiguration(variables, { DATABASE: 'mysql://root:hunter2@localhost/x' });
  expect(read).toThrow('DATABASE is what it holds');
  expect(read).not.toThrow('hunter2');
});
