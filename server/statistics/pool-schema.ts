import { builder } from '../graphql/builder.ts';
import type { Point } from './measures.ts';
import { atField, bytesField } from './point-fields.ts';
import { addSeriesField } from './series-schema.ts';

const StoragePoolPoint = builder.objectRef<Point<'StoragePool'>>('StoragePoolStatisticsPoint').implement({
  description: 'How full a storage pool was.',
  fields: (t) => ({
    at: atField(t),
    used: bytesField(t, 'Used, as its file system says.', (point) => point.used),
    total: bytesField(t, 'Its size.', (point) => point.total),
  }),
});

addSeriesField({
  kind: 'StoragePool',
  field: 'storagePoolStatistics',
  thing: 'storage pool',
  permission: 'storagePool.statistics',
  point: StoragePoolPoint,
});
