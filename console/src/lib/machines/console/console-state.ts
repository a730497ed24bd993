import CircleX from '~icons/lucide/circle-x';
import LoaderCircle from '~icons/lucide/loader-circle';
import Radio from '~icons/lucide/radio';
import type { StatusLook } from '../../jobs/job-status.ts';
import { m } from '#messages';
import type { ConsoleState } from './console-connection.svelte.ts';

export const consoleStateLooks: Record<ConsoleState, StatusLook> = {
  connecting: { tone: 'busy', icon: LoaderCircle, label: m.screen_connecting, isTurning: true },
  connected: { tone: 'good', icon: Radio, label: m.screen_connected },
  reconnecting: { tone: 'warn', icon: LoaderCircle, label: m.screen_reconnecting, isTurning: true },
  closed: { tone: 'bad', icon: CircleX, label: m.screen_closed },
};
