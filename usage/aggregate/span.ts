/** A period that is being closed, and which events count. */
export interface Span {
  startsAt: Date;
  /** Not part of it. */
  endsAt: Date;
  /** The last event that is known now. */
  seq: bigint;
  /** The last that was known when the last period was closed. One after it that lies before this period is late. */
  known: bigint;
  /** Usage events are kept from here on; see usage/retention. */
  keptFrom: Date;
}
