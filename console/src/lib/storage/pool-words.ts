import { m } from '#messages';
import type { StoragePool } from './fragments.ts';

export const poolTypes: Record<StoragePool['type'], () => string> = {
  LOCAL_DIRECTORY: m.storage_type_LOCAL_DIRECTORY,
  SHARED_DIRECTORY: m.storage_type_SHARED_DIRECTORY,
};

export const poolScopes: Record<StoragePool['scope'], () => string> = {
  HOST: m.storage_scope_HOST,
  CLUSTER: m.storage_scope_CLUSTER,
  ZONE: m.storage_scope_ZONE,
};
