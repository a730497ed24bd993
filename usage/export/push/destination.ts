import type { BucketUpload } from '@nephos/model/shapes/export-target.ts';
import type { RunFile } from './run-file.ts';

/** What remembers how far sending is, for another attempt, and tells people of it. */
export interface SendJournal {
  /** What the attempt before left. */
  readonly upload: BucketUpload | null;
  /**
   * Remembers that so many bytes have arrived.
   * @throws SendTaken when somebody else sends it by now, or nobody wants it any more
   */
  arrived(bytes: number, upload?: BucketUpload): Promise<void>;
}

/** One file on its way. */
export interface Sending {
  file: RunFile;
  journal: SendJournal;
  /** Ends it after a while. */
  signal: AbortSignal;
}

/** A place that files go to. */
export interface Destination {
  /**
   * Sends a file. Whoever repeats it finds it there, or goes on: in the end it is there once, and whole.
   * @returns where it is, for people
   * @throws SendProblem
   */
  send(sending: Sending): Promise<string>;
  /** Removes what an attempt that is given up left behind. */
  abandon?(upload: BucketUpload, file: RunFile, signal: AbortSignal): Promise<void>;
}
