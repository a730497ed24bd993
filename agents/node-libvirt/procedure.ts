import { type Codec, sequence } from './codec.ts';

/** Numbers of the protocols that share a connection; each is at version 1. */
export const program = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;

/** One call of a protocol: its number, what it takes and what it answers. */
export interface Procedure<Arguments extends readonly unknown[], Result> {
  /** Its name in the table, for messages. */
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly arguments: Codec<Arguments>;
  readonly result: Codec<Result>;
  /** It takes as long as the work it stands for (a migration, a save): the default deadline does not apply. */
  readonly isLasting: boolean;
}

type Unnamed<Arguments extends readonly unknown[], Result> = Omit<Procedure<Arguments, Result>, 'name'>;

/** A call of libvirt's main protocol (`remote`), by its REMOTE_PROC number. */
export function remote<Arguments extends readonly unknown[], Result>(
  number: number,
  args: { readonly [K in keyof Arguments]: Codec<Arguments[K]> },
  result: Codec<Result>,
): Unnamed<Arguments, Result> {
  return { program: program.remote, number, arguments: sequence<Arguments>(args), result, isLasting: false };
}

/** A call of the QEMU protocol, by its QEMU_PROC number. */
export function qemu<Arguments extends readonly unknown[], Result>(
  number: number,
  args: { readonly [K in keyof Arguments]: Codec<Arguments[K]> },
  result: Codec<Result>,
): Unnamed<Arguments, Result> {
  return { ...remote(number, args, result), program: program.qemu };
}

/** The same call without a default deadline. */
export function lasting<Arguments extends readonly unknown[], Result>(
  procedure: Unnamed<Arguments, Result>,
): Unnamed<Arguments, Result> {
  return { ...procedure, isLasting: true };
}

/** Gives each procedure the name under which it stands in the table. */
export function named<Table extends Record<string, object>>(
  table: Table,
): { readonly [Name in keyof Table]: Table[Name] & { readonly name: string } } {
  const entries = Object.entries(table).map(([name, procedure]) => [name, { ...procedure, name }] as const);
  return Object.fromEntries(entries) as { [Name in keyof Table]: Table[Name] & { name: string } };
}
