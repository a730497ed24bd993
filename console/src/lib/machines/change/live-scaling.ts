import type { MachineState } from '../fragments.ts';

interface Sized {
  cpuCount: number;
  memory: number | string;
  isScalableLive: boolean;
}

/** Why a machine cannot get a size while it runs; undefined when it can, or does not run. */
type ScalingObstacle = 'RIGID' | 'LESS';

/** What the server refuses for sure; how much room a machine was started with, only the server knows. */
export function scalingObstacle(state: MachineState, from: Sized, to: Sized): ScalingObstacle | undefined {
  if (state !== 'RUNNING') return undefined;
  if (!from.isScalableLive || !to.isScalableLive) return 'RIGID';
  const isLess = to.cpuCount < from.cpuCount || Number(to.memory) < Number(from.memory);
  return isLess ? 'LESS' : undefined;
}
