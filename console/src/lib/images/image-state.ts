import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleX from '@lucide/svelte/icons/circle-x';
import Download from '@lucide/svelte/icons/download';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { ImageState } from './fragments.ts';

export const imageStateLooks: Record<ImageState, StatusLook> = {
  DOWNLOADING: { tone: 'busy', icon: Download, label: m.images_state_DOWNLOADING },
  READY: { tone: 'good', icon: CircleCheck, label: m.images_state_READY },
  NOT_DOWNLOADED: { tone: 'quiet', icon: CircleDashed, label: m.images_state_NOT_DOWNLOADED },
  ERROR: { tone: 'bad', icon: CircleX, label: m.images_state_ERROR },
};
