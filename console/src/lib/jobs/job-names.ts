import { m } from '#messages';

const kinds: Record<string, () => string> = {
  'virtualMachine.deploy': m.jobs_kind_virtualMachine_deploy,
  'virtualMachine.start': m.jobs_kind_virtualMachine_start,
  'virtualMachine.stop': m.jobs_kind_virtualMachine_stop,
  'virtualMachine.reboot': m.jobs_kind_virtualMachine_reboot,
  'virtualMachine.destroy': m.jobs_kind_virtualMachine_destroy,
  'virtualMachine.expunge': m.jobs_kind_virtualMachine_expunge,
  'virtualMachine.changeIso': m.jobs_kind_virtualMachine_changeIso,
  'virtualMachine.create': m.jobs_kind_virtualMachine_create,
  'virtualMachine.suspend': m.jobs_kind_virtualMachine_suspend,
  'virtualMachine.resume': m.jobs_kind_virtualMachine_resume,
  'virtualMachine.migrate': m.jobs_kind_virtualMachine_migrate,
  'virtualMachine.relocate': m.jobs_kind_virtualMachine_relocate,
  'virtualMachine.scale': m.jobs_kind_virtualMachine_scale,
  'virtualMachine.reinstall': m.jobs_kind_virtualMachine_reinstall,
  'virtualMachine.attachNic': m.jobs_kind_virtualMachine_attachNic,
  'virtualMachine.detachNic': m.jobs_kind_virtualMachine_detachNic,
  'virtualMachine.setPassword': m.jobs_kind_virtualMachine_setPassword,
  'host.install': m.jobs_kind_host_install,
  'host.upgradeAgent': m.jobs_kind_host_upgradeAgent,
  'host.delete': m.jobs_kind_host_delete,
  'host.removeStray': m.jobs_kind_host_removeStray,
  'host.prepareForMaintenance': m.jobs_kind_host_prepareForMaintenance,
  'host.refill': m.jobs_kind_host_refill,
  'template.create': m.jobs_kind_template_create,
  'image.register': m.jobs_kind_image_register,
  'image.purge': m.jobs_kind_image_purge,
  'zone.create': m.jobs_kind_zone_create,
  'host.add': m.jobs_kind_host_add,
  'storagePool.create': m.jobs_kind_storagePool_create,
  'imageStore.create': m.jobs_kind_imageStore_create,
  'account.delete': m.jobs_kind_account_delete,
  'account.stopMachines': m.jobs_kind_account_stopMachines,
  'domain.delete': m.jobs_kind_domain_delete,
  'project.delete': m.jobs_kind_project_delete,
};

const steps: Record<string, () => string> = {
  reserve: m.jobs_step_reserve,
  prepareTemplate: m.jobs_step_prepareTemplate,
  createDisks: m.jobs_step_createDisks,
  start: m.jobs_step_start,
  stop: m.jobs_step_stop,
  reboot: m.jobs_step_reboot,
  leaveLastHost: m.jobs_step_leaveLastHost,
  changeDisc: m.jobs_step_changeDisc,
  removeMachine: m.jobs_step_removeMachine,
  deleteVolumes: m.jobs_step_deleteVolumes,
  expunge: m.jobs_step_expunge,
  copyDisk: m.jobs_step_copyDisk,
  download: m.jobs_step_download,
  removeFiles: m.jobs_step_removeFiles,
  removeCopies: m.jobs_step_removeCopies,
  attach: m.jobs_step_attach,
  attachStorage: m.jobs_step_attachStorage,
  enable: m.jobs_step_enable,
  createPhysicalNetworks: m.jobs_step_createPhysicalNetworks,
  createPod: m.jobs_step_createPod,
  createGuestNetwork: m.jobs_step_createGuestNetwork,
  createCluster: m.jobs_step_createCluster,
  addHosts: m.jobs_step_addHosts,
  attachPrimaryStorage: m.jobs_step_attachPrimaryStorage,
  attachImageStore: m.jobs_step_attachImageStore,
  enableZone: m.jobs_step_enableZone,
  removeMachines: m.jobs_step_removeMachines,
  removeImages: m.jobs_step_removeImages,
  removeAccount: m.jobs_step_removeAccount,
  removeDomain: m.jobs_step_removeDomain,
  removeProject: m.jobs_step_removeProject,
  scale: m.jobs_step_scale,
  swapDisks: m.jobs_step_swapDisks,
  unplug: m.jobs_step_unplug,
  plug: m.jobs_step_plug,
  suspend: m.jobs_step_suspend,
  resume: m.jobs_step_resume,
  setPassword: m.jobs_step_setPassword,
  expect: m.jobs_step_expect,
  migrate: m.jobs_step_migrate,
  leave: m.jobs_step_leave,
  remove: m.jobs_step_remove,
  connect: m.jobs_step_connect,
  check: m.jobs_step_check,
  install: m.jobs_step_install,
  enrol: m.jobs_step_enrol,
  restart: m.jobs_step_restart,
  report: m.jobs_step_report,
  moveMachines: m.jobs_step_moveMachines,
  returnMachines: m.jobs_step_returnMachines,
  forgetMachines: m.jobs_step_forgetMachines,
  detachStorage: m.jobs_step_detachStorage,
  delete: m.jobs_step_delete,
  disconnect: m.jobs_step_disconnect,
  uninstall: m.jobs_step_uninstall,
  stopMachines: m.jobs_step_stopMachines,
};

/** `createDisks` as `Create disks`: for names that came with a newer server. */
export function spelledOut(name: string): string {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a job does, in words. */
export function jobName(kind: string): string {
  return kinds[kind]?.() ?? spelledOut(kind.replace('.', ' '));
}

/** What a step does, in words. */
export function stepName(name: string): string {
  return steps[name]?.() ?? spelledOut(name);
}
