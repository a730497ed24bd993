import CircleCheck from '~icons/lucide/circle-check';
import CircleDashed from '~icons/lucide/circle-dashed';
import CircleX from '~icons/lucide/circle-x';
import Download from '~icons/lucide/download';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Image, ImageState } from './fragments.ts';
import type { ImageKind } from './image-kind.ts';

export const imageStateLooks: Record<ImageState, StatusLook> = {
  DOWNLOADING: { tone: 'busy', icon: Download, label: m.images_state_DOWNLOADING },
  READY: { tone: 'good', icon: CircleCheck, label: m.images_state_READY },
  NOT_DOWNLOADED: { tone: 'quiet', icon: CircleDashed, label: m.images_state_NOT_DOWNLOADED },
  ERROR: { tone: 'bad', icon: CircleX, label: m.images_state_ERROR },
};

export const imageStates = Object.keys(imageStateLooks) as ImageState[];

/** The copy that speaks for an image: one that can be used, if there is any. */
function bestReplica({ replicas }: Pick<Image, 'replicas'>) {
  return replicas.find(({ state }) => state === 'READY') ?? replicas[0];
}

/** How far an image is. */
export function imageState(image: Pick<Image, 'replicas'>): ImageState {
  return bestReplica(image)?.state ?? 'NOT_DOWNLOADED';
}

/** In bytes: the disk of a template, the file of an ISO; `undefined` while that is not known. */
export function imageSize(image: Pick<Image, 'replicas'>, kind: ImageKind): number | undefined {
  const replica = bestReplica(image);
  const size = Number((kind === 'template' ? replica?.virtualSize : replica?.size) ?? 0);
  return size > 0 ? size : undefined;
}
