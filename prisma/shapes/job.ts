/** How far one step of a job came. */
export type JobStepStatus =
  'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'UNDOING' | 'UNDONE' | 'UNDO_FAILED';

/** One named step of a job, as people see it. */
export interface JobStep {
  name: string;
  status: JobStepStatus;
  /** What it wrote to the database was committed; stays set while it is undone. */
  isRecorded?: true;
  /** How often taking it back has failed. */
  undoFailures?: number;
  /** RFC 3339, UTC. */
  startedAt?: string;
  /** RFC 3339, UTC; of the act, or of the undo once it was undone. */
  finishedAt?: string;
  /** 0 to 100, for steps that report it. */
  progress?: number;
  /** A short sentence for people: what it waits for, what it found. */
  detail?: string;
}

/** Why a job did not succeed. */
export interface JobError {
  /** Stable error code, as in GraphQL's `extensions.code`. */
  code: string;
  message: string;
  /** What lay beneath, when that helps. */
  cause?: string;
  /** What the reader can do about it. */
  remedy?: string;
  /** Facts of the error: field, value, limit; by name. */
  details?: Record<string, unknown>;
}
