import { locale } from '../i18n/locale.svelte.ts';
import { m } from '#messages';
import type { Setting } from './setting-queries.ts';

/** What settings do, in the languages that the server does not speak. */
const descriptions: Record<string, () => string> = {
  'expunge.delay': m.settings_about_expunge_delay,
  'expunge.interval': m.settings_about_expunge_interval,
  'vm.stop.grace': m.settings_about_vm_stop_grace,
  'ping.interval': m.settings_about_ping_interval,
  'ping.timeout': m.settings_about_ping_timeout,
  'alert.wait': m.settings_about_alert_wait,
  'vm.stats.interval': m.settings_about_vm_stats_interval,
  'vm.stats.retention.days': m.settings_about_vm_stats_retention_days,
  'change.feed.retention.days': m.settings_about_change_feed_retention_days,
  'audit.retention.months': m.settings_about_audit_retention_months,
  'usage.event.retention.months': m.settings_about_usage_event_retention_months,
  'job.expire.days': m.settings_about_job_expire_days,
  'session.idle.minutes': m.settings_about_session_idle_minutes,
  'session.absolute.hours': m.settings_about_session_absolute_hours,
  'signin.attempts.before.lock': m.settings_about_signin_attempts_before_lock,
  'signin.per.minute.per.address': m.settings_about_signin_per_minute_per_address,
  'password.min.length': m.settings_about_password_min_length,
  'second.factor.required': m.settings_about_second_factor_required,
  'api.requests.per.second.per.actor': m.settings_about_api_requests_per_actor,
  'api.requests.per.second.per.address': m.settings_about_api_requests_per_address,
  'project.invite.required': m.settings_about_project_invite_required,
  'project.invite.timeout': m.settings_about_project_invite_timeout,
  'secstorage.allowed.internal.sites': m.settings_about_secstorage_allowed_internal_sites,
  'image.max.bytes': m.settings_about_image_max_bytes,
  'image.max.virtual.bytes': m.settings_about_image_max_virtual_bytes,
  'storage.max.volume.gib': m.settings_about_storage_max_volume_gib,
  'storage.overprovisioning.factor': m.settings_about_storage_overprovisioning_factor,
  'pool.storage.allocated.capacity.disablethreshold':
    m.settings_about_pool_storage_allocated_capacity_disablethreshold,
  wait: m.settings_about_wait,
  'copy.volume.wait': m.settings_about_copy_volume_wait,
  'ca.framework.cert.expiry.alert.period': m.settings_about_ca_framework_cert_expiry_alert_period,
  migratewait: m.settings_about_migratewait,
  'budget.check.interval': m.settings_about_budget_check_interval,
  'usage.stats.job.aggregation.range': m.settings_about_usage_stats_job_aggregation_range,
  'usage.aggregation.timezone': m.settings_about_usage_aggregation_timezone,
  'usage.stats.job.exec.time': m.settings_about_usage_stats_job_exec_time,
  'usage.export.expire.days': m.settings_about_usage_export_expire_days,
  'usage.export.max.bytes': m.settings_about_usage_export_max_bytes,
  'usage.export.run.expire.days': m.settings_about_usage_export_run_expire_days,
  'usage.export.allowed.internal.sites': m.settings_about_usage_export_allowed_internal_sites,
  'usage.provider.name': m.settings_about_usage_provider_name,
  'billing.issuer.address': m.settings_about_billing_issuer_address,
  'billing.issuer.tax.id': m.settings_about_billing_issuer_tax_id,
  'billing.issuer.contact': m.settings_about_billing_issuer_contact,
  'billing.statement.grace.days': m.settings_about_billing_statement_grace_days,
  'billing.prepaid.discounts': m.settings_about_billing_prepaid_discounts,
  'quota.enable.service': m.settings_about_quota_enable_service,
  'quota.check.interval': m.settings_about_quota_check_interval,
  'quota.usage.smtp.host': m.settings_about_quota_usage_smtp_host,
  'quota.usage.smtp.port': m.settings_about_quota_usage_smtp_port,
  'quota.usage.smtp.user': m.settings_about_quota_usage_smtp_user,
  'quota.usage.smtp.useStartTLS': m.settings_about_quota_usage_smtp_useStartTLS,
  'quota.usage.smtp.sender': m.settings_about_quota_usage_smtp_sender,
  'quota.usage.smtp.connection.timeout': m.settings_about_quota_usage_smtp_connection_timeout,
  'quota.webhook.allowed.internal.sites': m.settings_about_quota_webhook_allowed_internal_sites,
  'cluster.cpu.allocated.capacity.disablethreshold':
    m.settings_about_cluster_cpu_allocated_capacity_disablethreshold,
  'cluster.memory.allocated.capacity.disablethreshold':
    m.settings_about_cluster_memory_allocated_capacity_disablethreshold,
  'cluster.cpu.allocated.capacity.notificationthreshold':
    m.settings_about_cluster_cpu_allocated_capacity_notificationthreshold,
  'cluster.memory.allocated.capacity.notificationthreshold':
    m.settings_about_cluster_memory_allocated_capacity_notificationthreshold,
  'cluster.storage.capacity.notificationthreshold':
    m.settings_about_cluster_storage_capacity_notificationthreshold,
  'cluster.storage.allocated.capacity.notificationthreshold':
    m.settings_about_cluster_storage_allocated_capacity_notificationthreshold,
  'zone.secstorage.capacity.notificationthreshold':
    m.settings_about_zone_secstorage_capacity_notificationthreshold,
  'zone.directnetwork.publicip.capacity.notificationthreshold':
    m.settings_about_zone_directnetwork_publicip_capacity_notificationthreshold,
  'vm.schedule.missed.minutes': m.settings_about_vm_schedule_missed_minutes,
  'vm.snapshot.max': m.settings_about_vm_snapshot_max,
  'vm.lease.warning.hours': m.settings_about_vm_lease_warning_hours,
  'vm.stats.retention.minute.hours': m.settings_about_vm_stats_retention_minute_hours,
  'vm.stats.retention.quarter.days': m.settings_about_vm_stats_retention_quarter_days,
  'vm.allocation.algorithm': m.settings_about_vm_allocation_algorithm,
  'vm.strict.host.tags': m.settings_about_vm_strict_host_tags,
  'host.maintenance.migrations': m.settings_about_host_maintenance_migrations,
  'vm.migrate.downtime.ms': m.settings_about_vm_migrate_downtime_ms,
  'alert.interval': m.settings_about_alert_interval,
  'alert.purge.delay': m.settings_about_alert_purge_delay,
};

/** What the settings `max.account.…` and `max.project.…` bound. */
const limited: Record<string, () => string> = {
  'user.vms': m.limits_resource_VIRTUAL_MACHINE,
  cpus: m.limits_resource_CPU,
  memory: m.settings_limited_memory,
  volumes: m.limits_resource_VOLUME,
  'primary.storage': m.settings_limited_primary_storage,
  'secondary.storage': m.settings_limited_secondary_storage,
  snapshots: m.limits_resource_SNAPSHOT,
  templates: m.limits_resource_TEMPLATE,
  networks: m.limits_resource_NETWORK,
  'public.ips': m.limits_resource_PUBLIC_IP,
  projects: m.limits_resource_PROJECT,
  backups: m.limits_resource_BACKUP,
  'api.keys': m.limits_resource_API_KEY,
};

function limitDescription(key: string): string | undefined {
  const [, owner, what = ''] = /^max\.(account|project)\.(.+)$/.exec(key) ?? [];
  const resource = limited[what]?.();
  if (resource === undefined) return undefined;
  return owner === 'account'
    ? m.settings_about_max_account({ resource })
    : m.settings_about_max_project({ resource });
}

/** What a setting does, and its unit. One that came with a newer server says it in English. */
export function settingDescription({ key, description }: Setting): string {
  return locale.current === 'en'
    ? description
    : (descriptions[key]?.() ?? limitDescription(key) ?? description);
}
