import { mutate } from '../../api/connection.svelte.ts';
import type { VariablesOf } from '../../api/graphql.ts';
import type { ImageKind } from '../image-kind.ts';
import { shareIsoMutation, shareTemplateMutation, type ImageDetails } from './image-page-query.ts';

export type Sharing = Omit<VariablesOf<typeof shareTemplateMutation>['input'], 'id' | 'expectedVersion'>;

/** Changes who may use an image, unless somebody else changed it meanwhile. @throws ProblemError */
export async function share(kind: ImageKind, image: ImageDetails, sharing: Sharing): Promise<void> {
  const input = { id: image.id, expectedVersion: image.version, ...sharing };
  if (kind === 'template') await mutate(shareTemplateMutation, { input });
  else await mutate(shareIsoMutation, { input });
}
