import { m } from '#messages';

export type TrafficType = 'GUEST' | 'MANAGEMENT' | 'PUBLIC' | 'STORAGE';

export const trafficLabels: Record<TrafficType, () => string> = {
  GUEST: m.zones_traffic_GUEST,
  MANAGEMENT: m.zones_traffic_MANAGEMENT,
  PUBLIC: m.zones_traffic_PUBLIC,
  STORAGE: m.zones_traffic_STORAGE,
};
