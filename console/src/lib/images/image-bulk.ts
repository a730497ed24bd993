import { mutate } from '../api/connection.svelte.ts';
import { formatBytes } from '../i18n/format.ts';
import type { Bulk } from '../list/bulk/bulk-action.ts';
import { deletion } from '../list/bulk/deletion.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Image } from './fragments.ts';
import type { ImageKind } from './image-kind.ts';
import { deleteIsoMutation, deleteTemplateMutation } from './image-queries.ts';

/** Deletes an image. @returns id of the job that removes its files @throws ProblemError */
export async function deleteImage(kind: ImageKind, { id }: { id: string }): Promise<string> {
  const input = { id };
  return kind === 'template'
    ? (await mutate(deleteTemplateMutation, { input })).deleteTemplate.job.id
    : (await mutate(deleteIsoMutation, { input })).deleteIso.job.id;
}

/** What an image takes in all its zones, in bytes. */
export function sizeOf({ replicas }: Pick<Image, 'replicas'>): number {
  return replicas.reduce((sum, { size }) => sum + Number(size), 0);
}

/** What can be done to many images at once; `undefined` where the role allows nothing of it. */
export function imageBulk(kind: ImageKind): Bulk<Image> | undefined {
  if (!session.can(`${kind}.delete`)) return undefined;
  return deletion<Image>(
    {
      isForGood: true,
      impact: (images) => [
        m.images_bulk_delete(),
        m.images_bulk_space({ size: formatBytes(images.reduce((sum, image) => sum + sizeOf(image), 0)) }),
        ...(images.some(({ isPublic }) => isPublic) ? [m.images_bulk_public()] : []),
      ],
      // Of those that others share nobody else is told the owner.
      reasonAgainst: ({ account }) => (account === null ? m.images_bulk_others() : null),
      run: (image) => deleteImage(kind, image),
    },
    { nameOf: ({ name }) => name, pathOf: ({ id }) => `/images/${id}` },
  );
}
