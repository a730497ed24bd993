import { ticketField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';

/** First line of a stream from agent to agent, as JSON: who may come in, and what for. */
export const greeting = z.strictObject({
  ticket: ticketField,
  /** What the two ends call it among themselves. */
  channel: z.string().regex(/^[a-z]{1,32}$/),
});

/** The line that lets a stream in; any other says why not. */
export const welcome = 'welcome';

/** How long either side waits for the other's line, and for TLS. */
export const greetingTimeoutMs = 15_000;
