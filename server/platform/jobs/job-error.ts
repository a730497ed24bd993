import type { JobError } from '@nephos/model/shapes/job.ts';
import { PlatformError } from '../errors.ts';

/** The server is going down; the job stays as it was last written, for another to go on with. */
export class ServerStopping extends Error {
  override name = 'ServerStopping';
}

function causeOf(error: Error): string | undefined {
  const { cause } = error;
  return cause instanceof Error ? cause.message : undefined;
}

/** An error as a job shows it. What is no {@link PlatformError} is a bug: only its trace id leads to it. */
export function jobErrorOf(error: unknown): JobError {
  if (!(error instanceof PlatformError)) {
    return {
      code: 'INTERNAL',
      message: 'something went wrong inside Nephos',
      remedy: 'look for the trace id in the server log',
    };
  }
  const { code, message, details, remedy } = error;
  const cause = causeOf(error);
  return { code, message, ...(cause && { cause }), ...(remedy && { remedy }), ...(details && { details }) };
}
