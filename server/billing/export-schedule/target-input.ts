import type { UsageExportDestination } from '@nephos/model/generated/enums.ts';
import type {
  ExportBucket,
  ExportFolder,
  ExportTarget,
  ExportWebhook,
} from '@nephos/model/shapes/export-target.ts';
import type { Check } from '../../platform/validation.ts';

type Given<Value> = Value | null | undefined;

/** Where files are to go, as the API takes it: one of the three. */
export interface TargetInput {
  folder?: Given<ExportFolder>;
  bucket?: Given<ExportBucket & { secretAccessKey?: Given<string> }>;
  webhook?: Given<ExportWebhook & { secret?: Given<string> }>;
}

/** Where files go, as it is stored, and the secret for it, if one was given. */
export interface GivenTarget {
  destination: UsageExportDestination;
  target: ExportTarget;
  secret: string | undefined;
}

const folderPath = /^$|^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const objectPrefix = /^$|^[A-Za-z0-9._-][A-Za-z0-9/._-]*$/;
const printable = /^[\x21-\x7e]+$/;

/**
 * Where files are to go; `undefined` when nothing of it was given.
 * @param path where it stands in the input
 */
export function readTarget(check: Check, input: TargetInput, path: string): GivenTarget | undefined {
  const { folder, bucket, webhook } = input;
  const given = [folder, bucket, webhook].filter((each) => each != null);
  check.that(given.length <= 1, path, given.length, 'must have one of folder, bucket and webhook');
  if (folder != null) return readFolder(check, folder, `${path}.folder`);
  if (bucket != null) return readBucket(check, bucket, `${path}.bucket`);
  return webhook == null ? undefined : readWebhook(check, webhook, `${path}.webhook`);
}

function readFolder(check: Check, { folder }: ExportFolder, path: string): GivenTarget {
  check.that(
    folder.length <= 255 && folderPath.test(folder),
    `${path}.folder`,
    folder,
    'must be empty or a path like billing/daily: names of letters, digits, ., _ and -, none of which begins with a dot',
  );
  return { destination: 'FOLDER', target: { folder }, secret: undefined };
}

function readBucket(
  check: Check,
  { secretAccessKey, ...facts }: NonNullable<TargetInput['bucket']>,
  path: string,
): GivenTarget {
  const { endpoint, region, bucket, prefix, accessKeyId, isPathStyle } = facts;
  const url = webAddress(endpoint);
  check.that(
    url?.pathname === '/' && url.search === '',
    `${path}.endpoint`,
    endpoint,
    'must be an address like https://s3.example.com, without a path',
  );
  check.that(
    /^[a-z0-9-]{1,64}$/.test(region),
    `${path}.region`,
    region,
    'must be a region like eu-central-1',
  );
  check.that(
    bucketName.test(bucket),
    `${path}.bucket`,
    bucket,
    'must be 3 to 63 lower-case letters, digits, dots or dashes',
  );
  check.that(
    prefix.length <= 512 && objectPrefix.test(prefix) && !/(^|\/)\.\.?(\/|$)/.test(`${prefix}name`),
    `${path}.prefix`,
    prefix,
    'must be empty or a path like usage/: letters, digits, /, ., _ and -, up to 512, no part of it . or ..',
  );
  check.that(
    accessKeyId.length >= 3 && accessKeyId.length <= 128 && /^[\w-]+$/.test(accessKeyId),
    `${path}.accessKeyId`,
    accessKeyId,
    'must be 3 to 128 letters, digits, _ or -',
  );
  if (secretAccessKey != null) checkSecret(check, secretAccessKey, `${path}.secretAccessKey`, 8);
  const target = { endpoint: url?.origin ?? endpoint, region, bucket, prefix, accessKeyId, isPathStyle };
  return { destination: 'S3', target, secret: secretAccessKey ?? undefined };
}

function readWebhook(
  check: Check,
  { secret, url, sends }: NonNullable<TargetInput['webhook']>,
  path: string,
): GivenTarget {
  check.that(
    url.length <= 2048 && webAddress(url) !== undefined,
    `${path}.url`,
    url,
    'must be an address like https://billing.example.com/usage, without a user name or #',
  );
  if (secret != null) checkSecret(check, secret, `${path}.secret`, 16);
  return { destination: 'WEBHOOK', target: { url, sends }, secret: secret ?? undefined };
}

/** The value of a secret stands in no message. */
function checkSecret(check: Check, secret: string, path: string, least: number): void {
  check.that(
    secret.length >= least && secret.length <= 256 && printable.test(secret),
    path,
    'not shown',
    `must be ${least} to 256 printable characters without spaces`,
  );
}

function webAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}
