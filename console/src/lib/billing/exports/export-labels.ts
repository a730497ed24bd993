import Ban from '~icons/lucide/ban';
import CircleCheck from '~icons/lucide/circle-check';
import Clock from '~icons/lucide/clock';
import LoaderCircle from '~icons/lucide/loader-circle';
import type { Component } from 'svelte';
import type { Tone } from '../../ui/Badge.svelte';
import { m } from '#messages';
import type { Export, ExportFormat, ExportKind } from './export-queries.ts';
import type { TypedTarget } from './schedule-form.ts';
import type { ExportDestination, ExportRange, ExportRun } from './schedule-queries.ts';

export const kindLabels: Record<ExportKind, () => string> = {
  RECORDS: m.exports_kind_RECORDS,
  RATED_LINES: m.exports_kind_RATED_LINES,
  FOCUS: m.exports_kind_FOCUS,
  STATEMENTS: m.exports_kind_STATEMENTS,
};

export const formatLabels: Record<ExportFormat, () => string> = {
  CSV: () => 'CSV',
  JSON_LINES: () => 'JSON Lines',
  PARQUET: () => 'Parquet',
};

export const rangeLabels: Record<ExportRange, () => string> = {
  PREVIOUS_DAY: m.exports_range_PREVIOUS_DAY,
  PREVIOUS_MONTH: m.exports_range_PREVIOUS_MONTH,
};

export const destinationLabels: Record<ExportDestination, () => string> = {
  FOLDER: m.exports_destination_FOLDER,
  S3: m.exports_destination_S3,
  WEBHOOK: m.exports_destination_WEBHOOK,
};

/** Where files go, in words; without what is secret. */
export function targetText(target: TypedTarget): string {
  const { endpoint, region, bucket, prefix, accessKeyId, isPathStyle } = target;
  const parts = {
    FOLDER: [target.folder],
    S3: [endpoint, bucket, prefix, region, accessKeyId, isPathStyle ? m.exports_path_style() : ''],
    WEBHOOK: [target.url, target.sends === 'FILE' ? m.exports_sends_FILE() : m.exports_sends_LINK()],
  };
  return [destinationLabels[target.destination](), ...parts[target.destination]]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' · ');
}

/** How a state is shown. */
export interface StateLook {
  tone: Tone;
  icon: Component;
  isTurning?: boolean;
  label: () => string;
}

export const exportStates: Record<Export['state'], StateLook> = {
  QUEUED: { tone: 'quiet', icon: Clock, label: m.exports_state_QUEUED },
  RUNNING: { tone: 'busy', icon: LoaderCircle, isTurning: true, label: m.exports_state_RUNNING },
  READY: { tone: 'good', icon: CircleCheck, label: m.exports_state_READY },
  FAILED: { tone: 'bad', icon: Ban, label: m.exports_state_FAILED },
};

export const runStates: Record<ExportRun['state'], StateLook> = {
  MAKING: { tone: 'busy', icon: LoaderCircle, isTurning: true, label: m.exports_run_MAKING },
  SENDING: { tone: 'busy', icon: LoaderCircle, isTurning: true, label: m.exports_run_SENDING },
  SENT: { tone: 'good', icon: CircleCheck, label: m.exports_run_SENT },
  FAILED: { tone: 'bad', icon: Ban, label: m.exports_run_FAILED },
};

/** How much of a file there is, 0 to 100. */
export function percentOf(done: number | string, all: number | string | null): number {
  const total = Number(all ?? 0);
  return total === 0 ? 0 : Math.min(100, Math.round((Number(done) / total) * 100));
}
