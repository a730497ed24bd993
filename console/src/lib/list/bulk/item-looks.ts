import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleX from '@lucide/svelte/icons/circle-x';
import Clock from '@lucide/svelte/icons/clock';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Send from '@lucide/svelte/icons/send';
import type { StatusLook } from '../../jobs/job-status.ts';
import { m } from '#messages';
import type { ItemState } from './bulk-run.svelte.ts';

export const itemLooks: Record<ItemState, StatusLook> = {
  waiting: { tone: 'quiet', icon: Clock, label: m.list_bulk_waiting },
  asked: { tone: 'busy', icon: Send, label: m.list_bulk_asked },
  working: { tone: 'busy', icon: LoaderCircle, label: m.list_bulk_working, isTurning: true },
  done: { tone: 'good', icon: CircleCheck, label: m.list_bulk_done },
  failed: { tone: 'bad', icon: CircleX, label: m.list_bulk_failed },
};
