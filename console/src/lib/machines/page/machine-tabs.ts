import { m } from '#messages';

/** The parts of a machine's page that a viewer may see; the first is shown when the address names none. */
export function machineTabs(can: (permission: string) => boolean) {
  const tabs = [
    { name: 'overview', label: m.machine_tab_overview() },
    { name: 'statistics', label: m.machine_tab_statistics() },
    { name: 'screen', label: m.machine_tab_screen() },
    { name: 'serial', label: m.serial_tab() },
    { name: 'disks', label: m.machine_volumes() },
    { name: 'network', label: m.machine_tab_network() },
    { name: 'snapshots', label: m.snapshots_title() },
    { name: 'automation', label: m.automation_tab() },
    { name: 'events', label: m.machine_tab_events(), permission: 'auditEvent.list' },
    { name: 'jobs', label: m.jobs_title(), permission: 'job.list' },
    { name: 'cost', label: m.machine_tab_cost(), permission: 'ratedLine.list' },
  ] as const;
  return tabs.filter((tab) => !('permission' in tab) || can(tab.permission));
}
