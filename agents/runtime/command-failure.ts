import type { CommandErrorCode, CommandErrorFacts } from '@nephos/agent-protocol/commands.ts';

/** A command that could not be done, in words the server passes on to people. */
export class CommandFailure extends Error {
  override name = 'CommandFailure';
  readonly code: CommandErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    code: CommandErrorCode,
    message: string,
    options: ErrorOptions & { details?: Record<string, unknown> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details;
  }
}

/**
 * Contact with the hypervisor was lost, and with it what became of the command: it is no failure before it was looked
 * what is there. Where nobody can look later it counts as HYPERVISOR_ERROR.
 */
export class OutcomeUnknown extends CommandFailure {
  override name = 'OutcomeUnknown';

  constructor(message: string, options: ErrorOptions = {}) {
    super('HYPERVISOR_ERROR', message, options);
  }
}

/** The facts of any error, as they go over the wire. */
export function failureFacts(error: unknown): CommandErrorFacts {
  if (error instanceof CommandFailure) {
    const { code, message, details } = error;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
