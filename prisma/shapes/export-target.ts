/** Where a schedule's files go, without secrets. Which of these it is says the schedule's `destination`. */
export type ExportTarget = ExportFolder | ExportBucket | ExportWebhook;

/** A folder on the usage daemon's machine. */
export interface ExportFolder {
  /** Below the folder that its configuration names: `billing/daily`; empty for that folder itself. */
  folder: string;
}

/** A bucket of an object storage that speaks S3. */
export interface ExportBucket {
  /** `https://s3.eu-central-1.amazonaws.com` */
  endpoint: string;
  region: string;
  bucket: string;
  /** What names of objects begin with: `usage/`; may be empty. */
  prefix: string;
  accessKeyId: string;
  /** Whether the bucket stands in the path, and not in the host name. */
  isPathStyle: boolean;
}

/** A program that is called. */
export interface ExportWebhook {
  url: string;
  /** Whether it gets the file itself, or a message that says where to fetch it. */
  sends: 'FILE' | 'LINK';
}

/** How far an upload to a bucket has come. */
export interface BucketUpload {
  uploadId: string;
  partBytes: number;
  /** Tags of the parts that are there, in their order. */
  etags: string[];
}
