import CircleHelp from '~icons/lucide/circle-help';
import CirclePause from '~icons/lucide/circle-pause';
import CirclePlay from '~icons/lucide/circle-play';
import CircleStop from '~icons/lucide/circle-stop';
import type { StatusLook } from '../jobs/job-status.ts';
import type { MachineDetails } from '../machines/page/machine-details.ts';
import { m } from '#messages';
import type { ForeignMachine } from './foreign-queries.ts';

export const powerLooks: Record<ForeignMachine['power'], StatusLook> = {
  ON: { tone: 'good', icon: CirclePlay, label: m.foreign_power_ON },
  OFF: { tone: 'quiet', icon: CircleStop, label: m.foreign_power_OFF },
  ABSENT: { tone: 'quiet', icon: CircleHelp, label: m.foreign_power_ABSENT },
  PAUSED: { tone: 'quiet', icon: CirclePause, label: m.foreign_power_PAUSED },
};

export const differenceFields: Record<MachineDetails['drift'][number]['field'], () => string> = {
  CPU_COUNT: m.offerings_cpus,
  MEMORY: m.hosts_memory,
  DISKS: m.foreign_disks,
  NICS: m.foreign_nics,
  ISO: m.foreign_iso,
};
