import { m } from '#messages';
import type { ExportSchedule } from './schedule-queries.ts';

/** Where files go, in a line. */
export function targetText({ destination, folder, bucket, prefix, url }: ExportSchedule['target']): string {
  switch (destination) {
    case 'FOLDER':
      return folder === null || folder === '' ? m.exports_folder_itself() : folder;
    case 'S3':
      return `s3://${bucket ?? ''}/${prefix ?? ''}`;
    case 'WEBHOOK':
      return url ?? '';
  }
}
