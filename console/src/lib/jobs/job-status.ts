import Ban from '~icons/lucide/ban';
import CircleAlert from '~icons/lucide/circle-alert';
import CircleCheck from '~icons/lucide/circle-check';
import CircleDashed from '~icons/lucide/circle-dashed';
import CircleX from '~icons/lucide/circle-x';
import Clock from '~icons/lucide/clock';
import LoaderCircle from '~icons/lucide/loader-circle';
import Undo2 from '~icons/lucide/undo-2';
import type { Component } from 'svelte';
import type { Tone } from '../ui/Badge.svelte';
import { m } from '#messages';
import type { Job, JobStatus, JobStep } from './fragments.ts';

export interface StatusLook {
  tone: Tone;
  icon: Component;
  label: () => string;
  isTurning?: boolean;
}

export const jobStatusLooks: Record<JobStatus, StatusLook> = {
  QUEUED: { tone: 'quiet', icon: Clock, label: m.jobs_status_QUEUED },
  RUNNING: { tone: 'busy', icon: LoaderCircle, label: m.jobs_status_RUNNING, isTurning: true },
  SUCCEEDED: { tone: 'good', icon: CircleCheck, label: m.jobs_status_SUCCEEDED },
  FAILED: { tone: 'bad', icon: CircleX, label: m.jobs_status_FAILED },
  CANCELLING: { tone: 'warn', icon: LoaderCircle, label: m.jobs_status_CANCELLING, isTurning: true },
  CANCELLED: { tone: 'quiet', icon: Ban, label: m.jobs_status_CANCELLED },
  STUCK: { tone: 'bad', icon: CircleAlert, label: m.jobs_status_STUCK },
};

export const stepStatusLooks: Record<JobStep['status'], StatusLook> = {
  PENDING: { tone: 'quiet', icon: CircleDashed, label: m.jobs_step_status_PENDING },
  RUNNING: { tone: 'busy', icon: LoaderCircle, label: m.jobs_step_status_RUNNING, isTurning: true },
  SUCCEEDED: { tone: 'good', icon: CircleCheck, label: m.jobs_step_status_SUCCEEDED },
  FAILED: { tone: 'bad', icon: CircleX, label: m.jobs_step_status_FAILED },
  UNDOING: { tone: 'warn', icon: LoaderCircle, label: m.jobs_step_status_UNDOING, isTurning: true },
  UNDONE: { tone: 'quiet', icon: Undo2, label: m.jobs_step_status_UNDONE },
  UNDO_FAILED: { tone: 'bad', icon: CircleAlert, label: m.jobs_step_status_UNDO_FAILED },
};

export const toneText: Record<Tone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  busy: 'text-busy',
  quiet: 'text-ink-muted',
};

/** Statuses of jobs that are not over. */
export const activeStatuses = ['QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'] as const satisfies JobStatus[];

export function isActive({ status }: Pick<Job, 'status'>): boolean {
  return (activeStatuses as readonly JobStatus[]).includes(status);
}

/** How long something took, or has taken until now. @returns milliseconds, null before it began */
export function elapsedMs(
  { startedAt, finishedAt }: { startedAt: string | null; finishedAt: string | null },
  now: number,
): number | null {
  if (startedAt === null) return null;
  const end = finishedAt === null ? now : new Date(finishedAt).getTime();
  // The server's clock may be a little ahead of this one.
  return Math.max(0, end - new Date(startedAt).getTime());
}
