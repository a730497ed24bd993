import type { Id } from './ids.ts';

/** What the sealed secret of an export schedule is bound to: the server seals it, the usage daemon opens it. */
export const exportSecretContext = (id: Id<'UsageExportSchedule'>) => `usageExportSchedule ${id}`;
