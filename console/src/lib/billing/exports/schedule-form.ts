import type { ExportFormat, ExportKind } from './export-queries.ts';
import type {
  ExportDestination,
  ExportRange,
  ExportSchedule,
  ExportTargetInput,
} from './schedule-queries.ts';

/** A schedule as a form has it. */
export interface TypedSchedule {
  name: string;
  kind: ExportKind;
  format: ExportFormat;
  range: ExportRange;
  cron: string;
  timeZone: string;
}

/** Where its files go, as a form has it. */
export interface TypedTarget {
  destination: ExportDestination;
  folder: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  isPathStyle: boolean;
  url: string;
  sends: 'FILE' | 'LINK';
  secret: string;
}

export function typedSchedule(schedule?: ExportSchedule): TypedSchedule {
  if (schedule === undefined) {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    return {
      ...{ name: '', kind: 'RECORDS', format: 'CSV', range: 'PREVIOUS_DAY' },
      ...{ cron: '0 3 * * *', timeZone },
    };
  }
  const { name, kind, format, range, cron, timeZone } = schedule;
  return { name, kind, format, range, cron, timeZone };
}

/** @param secret for a new webhook */
export function typedTarget(target: ExportSchedule['target'] | undefined, secret: string): TypedTarget {
  return {
    destination: target?.destination ?? 'WEBHOOK',
    folder: target?.folder ?? '',
    endpoint: target?.endpoint ?? '',
    region: target?.region ?? 'us-east-1',
    bucket: target?.bucket ?? '',
    prefix: target?.prefix ?? 'usage/',
    accessKeyId: target?.accessKeyId ?? '',
    secretAccessKey: '',
    isPathStyle: target?.isPathStyle ?? true,
    url: target?.url ?? '',
    sends: target?.sends ?? 'FILE',
    secret: target === undefined ? secret : '',
  };
}

/** As the API takes it. A secret that is left empty stays as it is. */
export function targetInput(typed: TypedTarget): ExportTargetInput {
  const given = (text: string) => (text === '' ? null : text);
  switch (typed.destination) {
    case 'FOLDER':
      return { folder: { folder: typed.folder.trim() } };
    case 'S3': {
      const { endpoint, region, bucket, prefix, accessKeyId, isPathStyle, secretAccessKey } = typed;
      return {
        bucket: {
          endpoint: endpoint.trim(),
          region: region.trim(),
          bucket: bucket.trim(),
          prefix: prefix.trim(),
          accessKeyId: accessKeyId.trim(),
          isPathStyle,
          secretAccessKey: given(secretAccessKey),
        },
      };
    }
    case 'WEBHOOK':
      return { webhook: { url: typed.url.trim(), sends: typed.sends, secret: given(typed.secret) } };
  }
}

/** Whether everything is there that is needed. @param isNew without a secret already */
export function isComplete(typed: TypedTarget, isNew: boolean): boolean {
  switch (typed.destination) {
    case 'FOLDER':
      return true;
    case 'S3':
      return (
        [typed.endpoint, typed.region, typed.bucket, typed.accessKeyId].every((text) => text.trim() !== '') &&
        (!isNew || typed.secretAccessKey !== '')
      );
    case 'WEBHOOK':
      return typed.url.trim() !== '' && (!isNew || typed.secret !== '');
  }
}

/** A key for signatures that nobody guesses. */
export function newSecret(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
