import { builder } from '../../graphql/builder.ts';
import { UsageExportWebhookContent } from './schema.ts';

const UsageExportFolderInput = builder.inputType('UsageExportFolderInput', {
  description: 'A folder on the usage daemon’s machine. A file appears there once it is whole.',
  fields: (t) => ({
    folder: t.string({
      description:
        'Below the folder that the usage daemon’s configuration names: `billing/daily`; empty for that folder itself.',
    }),
  }),
});

const UsageExportBucketInput = builder.inputType('UsageExportBucketInput', {
  description: 'A bucket of an object storage that speaks S3. An object appears there once it is whole.',
  fields: (t) => ({
    endpoint: t.string({ description: 'Address of the object storage: `https://s3.example.com`.' }),
    region: t.string({ description: 'Its region, as signatures name it: `eu-central-1`.' }),
    bucket: t.string({ description: 'The bucket.' }),
    prefix: t.string({ defaultValue: '', description: 'What names of objects begin with: `usage/`.' }),
    accessKeyId: t.string({ description: 'Which key signs.' }),
    secretAccessKey: t.string({
      required: false,
      description: 'Its secret, which is stored sealed and never shown.',
    }),
    isPathStyle: t.boolean({
      defaultValue: true,
      description: 'Whether the bucket stands in the path, and not in the host name.',
    }),
  }),
});

const UsageExportWebhookInput = builder.inputType('UsageExportWebhookInput', {
  description:
    'A program that is called by POST. `nephos-signature` is `sha256=` and the HMAC of `nephos-timestamp`, `nephos-delivery` and `nephos-content-sha256`, with a dot between them. A delivery that comes twice has the same `nephos-delivery`.',
  fields: (t) => ({
    url: t.string({ description: 'Its address.' }),
    sends: t.field({
      type: UsageExportWebhookContent,
      defaultValue: 'FILE',
      description: 'What it gets.',
    }),
    secret: t.string({
      required: false,
      description: 'Key of the HMAC, which is stored sealed and never shown; 16 to 256 characters.',
    }),
  }),
});

/** Where files go: one of three. */
export const UsageExportTargetInput = builder.inputType('UsageExportTargetInput', {
  description: 'Where the files of a schedule go: one of these.',
  fields: (t) => ({
    folder: t.field({ type: UsageExportFolderInput, required: false, description: 'A folder.' }),
    bucket: t.field({ type: UsageExportBucketInput, required: false, description: 'A bucket.' }),
    webhook: t.field({ type: UsageExportWebhookInput, required: false, description: 'A program.' }),
  }),
});
