import CircleCheck from '~icons/lucide/circle-check';
import CircleX from '~icons/lucide/circle-x';
import Clock from '~icons/lucide/clock';
import LoaderCircle from '~icons/lucide/loader-circle';
import Send from '~icons/lucide/send';
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
