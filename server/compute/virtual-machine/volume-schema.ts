import { builder } from '../../graphql/builder.ts';
import { Volume } from '../../storage/volume/schema.ts';
import { VirtualMachine } from './schema.ts';

builder.objectField(Volume, 'virtualMachine', (t) =>
  t.field({
    type: VirtualMachine,
    nullable: true,
    description: 'The machine it belongs to; null when it belongs to none.',
    resolve: ({ virtualMachineId }, _args, { load }) =>
      virtualMachineId === null ? null : load.find('VirtualMachine', virtualMachineId),
  }),
);
