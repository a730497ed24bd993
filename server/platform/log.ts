import pino, { type Logger } from 'pino';
import { currentTrace } from './trace.ts';

export type { Logger } from 'pino';

/** JSON lines on standard output; each carries the ids of the request and the job that it belongs to. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    mixin: () => ({ ...currentTrace() }),
    redact: {
      paths: [
        'password',
        '*.password',
        'token',
        '*.token',
        'secret',
        '*.secret',
        'headers.cookie',
        'headers.authorization',
      ],
    },
  });
}
