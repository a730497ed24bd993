import type { Problem } from '../api/problem.ts';

/**
 * When something may be tried again that was refused because it came too often; `undefined` where the server does not
 * say.
 * @param now in milliseconds, when the refusal came
 */
export function retryTime(
  { code, details }: Pick<Problem, 'code' | 'details'>,
  now: number,
): number | undefined {
  if (code !== 'RATE_LIMITED') return undefined;
  const { retryAt, retryAfterSeconds } = details;
  if (typeof retryAt === 'string') return new Date(retryAt).getTime();
  return typeof retryAfterSeconds === 'number' ? now + retryAfterSeconds * 1000 : undefined;
}
