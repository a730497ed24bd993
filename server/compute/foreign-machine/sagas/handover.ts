import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { decodeSpec, type MachineSpecText } from '../../virtual-machine/machine-spec.ts';

/** A machine that goes from being none of ours to being ours, or back, as its job has it. */
export const handoverField = z.object({
  machine: z.custom<MachineSpecText>((value) => typeof value === 'object'),
  foreignName: z.string(),
  foreignPaths: z.array(z.object({ volumeId: idField('Volume'), path: z.string() })),
});

/** As its host is told. */
export function decodeHandover({ machine, ...names }: z.output<typeof handoverField>) {
  return { machine: decodeSpec(machine), ...names };
}
