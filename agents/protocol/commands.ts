import { z } from 'zod';
import {
  countField,
  fileNameField,
  hostNameField,
  idField,
  imageIdField,
  macField,
  passwordHashField,
  pathField,
  ticketField,
  userNameField,
} from './fields.ts';
import { diskSpec, machineObservation, machineSpec, nicSpec, poolReference, powerState } from './machine.ts';

const machineReference = z.strictObject({ machineId: idField('VirtualMachine') });

/** A snapshot of a machine, and the disks that it keeps. */
const snapshotReference = machineReference.extend({
  snapshotId: idField('VirtualMachineSnapshot'),
  /** Of the machine, for people who read the host's logs. */
  name: z.string().max(255),
  disks: z.array(diskSpec).min(1),
});

const volumeReference = z.strictObject({ volumeId: idField('Volume'), pool: poolReference });

const spaceResult = z.strictObject({ totalBytes: countField, usedBytes: countField });

const imageResult = z.strictObject({
  /** Bytes of the file. */
  sizeBytes: countField,
  /** Bytes of the disk that a guest sees. */
  virtualSizeBytes: countField,
});

const nothing = z.strictObject({});

/** A machine, and what it is called while it is none of ours. */
const handover = z.strictObject({
  machine: machineSpec,
  foreignName: z.string().min(1).max(255),
  /** Where its disks lie meanwhile; one that is not named lies in its pool, under the foreign name. */
  foreignPaths: z.array(z.strictObject({ volumeId: idField('Volume'), path: pathField })).max(16),
});

/** Where one agent waits for another, and by which certificate (SHA-256 of its DER, in hexadecimal) it is known. */
const peerAddress = z.strictObject({
  address: z.union([z.ipv4(), z.ipv6()]),
  port: z.int().min(1).max(65_535),
  certificateSha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type PeerAddress = z.output<typeof peerAddress>;

/**
 * Everything that changes something on an agent's machine: what it takes and what it answers. An agent writes a
 * command to its journal before it acts, so a command of the same id acts once, however often it arrives.
 */
export const commands = {
  /** Makes a directory ready as primary storage. */
  'pool.attach': { payload: z.strictObject({ pool: poolReference }), result: spaceResult },
  /** Removes the folders that `pool.attach` made, if nothing is in them. */
  'pool.detach': { payload: z.strictObject({ pool: poolReference }), result: nothing },

  /** Copies a template from secondary to primary storage, for linked clones to stand on. */
  'base.install': {
    payload: z.strictObject({
      imageId: imageIdField,
      pool: poolReference,
      sourcePath: pathField,
      /** Format of the source; in the pool it is QCOW2. */
      format: z.enum(['QCOW2', 'RAW']),
    }),
    result: imageResult,
  },
  'base.remove': { payload: z.strictObject({ imageId: imageIdField, pool: poolReference }), result: nothing },

  /** Makes a disk: empty, or a linked clone of a base that is installed in the same pool. */
  'volume.create': {
    payload: volumeReference.extend({
      /** For people who read the host's logs. */
      name: z.string().max(255),
      sizeBytes: countField,
      baseImageId: imageIdField.nullable(),
    }),
    result: nothing,
  },
  'volume.delete': { payload: volumeReference, result: nothing },
  /** Copies into a disk what it still takes from its template, so that it stands alone; while it is in use, too. */
  'volume.flatten': {
    payload: volumeReference.extend({ machineId: idField('VirtualMachine') }),
    result: nothing,
  },
  /** Writes a disk that is not in use to secondary storage as one self-contained QCOW2 file. */
  'volume.export': { payload: volumeReference.extend({ targetPath: pathField }), result: imageResult },

  /** Provides the networks, defines the machine and starts it. One that runs already is left alone. */
  'machine.start': { payload: z.strictObject({ machine: machineSpec }), result: machineObservation },
  /** Presses the power button and waits `graceSeconds`; then, or at 0 at once, pulls the plug. */
  'machine.stop': {
    payload: machineReference.extend({ graceSeconds: z.int().min(0).max(3600) }),
    result: machineObservation.extend({ forced: z.boolean() }),
  },
  /** Asks the guest to restart and waits `graceSeconds`; then, or at 0 at once, presses the reset button. */
  'machine.reboot': {
    payload: machineReference.extend({ graceSeconds: z.int().min(0).max(3600) }),
    result: machineObservation.extend({ forced: z.boolean() }),
  },
  /** Lets a running machine stand still, its memory in place. One that does not run is left alone. */
  'machine.suspend': { payload: machineReference, result: machineObservation },
  /** Lets a machine go on that stands still. One that is off is left alone. */
  'machine.resume': { payload: machineReference, result: machineObservation },
  /** Plugs another network card into a running machine; one that is there already is left alone. */
  'machine.plugNic': {
    payload: machineReference.extend({
      /** Host name, told to the guest by DHCP. */
      name: hostNameField,
      nic: nicSpec,
    }),
    result: nothing,
  },
  /** Takes a network card out of a running machine; the guest has to let go of it. */
  'machine.unplugNic': { payload: machineReference.extend({ macAddress: macField }), result: nothing },
  /** Gives a running machine more processors and memory, up to the headroom that it was started with. */
  'machine.scale': {
    payload: machineReference.extend({ cpuCount: z.int().min(1).max(256), memoryBytes: countField }),
    result: nothing,
  },
  /** Has a running guest's agent give a user a password, by its hash as /etc/shadow has it. */
  'machine.setPassword': {
    payload: machineReference.extend({ userName: userNameField, passwordHash: passwordHashField }),
    result: nothing,
  },
  /** Forgets a machine's definition, addresses and console; its disks stay. Pulls the plug if it must. */
  'machine.remove': { payload: machineReference, result: nothing },
  /** Puts another ISO, or none, into the drive. */
  'machine.setIso': {
    payload: machineReference.extend({ isoPath: pathField.nullable() }),
    result: machineObservation,
  },

  /**
   * Keeps all disks of a machine as they are at one instant, on or off, and, of one that is on, its memory. One that is
   * whole already is left alone.
   */
  'snapshot.create': {
    payload: snapshotReference.extend({ withMemory: z.boolean() }),
    /** Bytes that its memory takes on the storage of the root disk; 0 without. */
    result: z.strictObject({ stateBytes: countField }),
  },
  /**
   * Puts the disks of a machine back. Without `resumes` it must be off, and stays so; with it the machine, on or off,
   * runs afterwards out of its memory, as the host would start it for this specification.
   */
  'snapshot.revert': {
    payload: snapshotReference.extend({ resumes: machineSpec.nullable() }),
    result: machineObservation,
  },
  /** Removes what a snapshot keeps; the machine, on or off, is not touched. */
  'snapshot.delete': { payload: snapshotReference, result: nothing },

  /**
   * Readies this host for a machine that another host is about to send: its networks, and a port of this agent's that
   * only `sourceAgentId` may use, only with this ticket. Asked again with the same ticket it answers the same.
   */
  'migration.expect': {
    payload: z.strictObject({
      machine: machineSpec,
      sourceAgentId: idField('Agent'),
      ticket: ticketField,
    }),
    result: peerAddress,
  },
  /**
   * Moves a running machine, live, to the host that expects it. When it fails the machine runs on here; one that
   * cannot be stopped in time for `allowedDowntimeMs` goes on trying until it is cancelled or its deadline passes.
   */
  'machine.migrate': {
    payload: machineReference.extend({
      destination: peerAddress,
      ticket: ticketField,
      /** For how long the guest may stand still at the end; QEMU's own default is 300. */
      allowedDowntimeMs: z.int().min(1).max(60_000),
      /** Slows the guest down until it changes its memory no faster than it is sent. */
      isForced: z.boolean(),
    }),
    result: z.strictObject({
      /** For how long the guest stood still, as the hypervisor says; unknown after a crash of the agent. */
      downtimeMs: z.number().nonnegative().nullable(),
    }),
  },
  /** Closes the port for this ticket and takes back what `migration.expect` prepared, unless the machine is here. */
  'migration.forget': {
    payload: machineReference.extend({ ticket: ticketField }),
    result: z.strictObject({ power: powerState }),
  },

  /**
   * Takes over a machine that is none of ours, running or not, without the guest noticing: its disks lie under our
   * names as well from then on, and the next start is by our definition. Takes back what `machine.release` did.
   */
  'machine.adopt': { payload: handover, result: machineObservation },
  /** Lets go of a machine: it stays as it is, and is none of ours. Takes back what `machine.adopt` did. */
  'machine.release': { payload: handover, result: nothing },

  /** Storage agents: makes a directory ready as an image store. */
  'store.attach': {
    payload: z.strictObject({ imageStoreId: idField('ImageStore'), path: pathField }),
    result: spaceResult,
  },
  'store.detach': {
    payload: z.strictObject({ imageStoreId: idField('ImageStore'), path: pathField }),
    result: nothing,
  },
  /** Storage agents: fetches an image, checks it, and puts it in place; a failed one leaves nothing. */
  'image.download': {
    payload: z.strictObject({
      imageId: imageIdField,
      storePath: pathField,
      fileName: fileNameField,
      format: z.enum(['QCOW2', 'RAW', 'ISO']),
      url: z.url({ protocol: /^https?$/ }),
      /** SHA-256 in hexadecimal, when the registrant demands one. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      maxBytes: countField,
      maxVirtualBytes: countField,
      /** Networks that are allowed though they are private; `secstorage.allowed.internal.sites`. */
      allowedInternalSites: z.array(z.union([z.cidrv4(), z.cidrv6()])),
    }),
    result: imageResult.extend({ sha256: z.string() }),
  },
  'image.delete': {
    payload: z.strictObject({ storePath: pathField, fileName: fileNameField }),
    result: nothing,
  },
} as const;

export type CommandKind = keyof typeof commands;
export type CommandPayload<Kind extends CommandKind> = z.output<(typeof commands)[Kind]['payload']>;
export type CommandResult<Kind extends CommandKind> = z.output<(typeof commands)[Kind]['result']>;

export const commandKind = z.enum(Object.keys(commands) as [CommandKind, ...CommandKind[]]);

/** A command on the wire: the payload is checked against its kind's schema by whoever takes it. */
export const commandEnvelope = z.strictObject({
  /** Chosen by the server; the same for every repetition. */
  commandId: z.string().min(1).max(200),
  kind: commandKind,
  payload: z.unknown(),
  /** Seconds from receipt after which the agent gives up where it can. */
  deadlineSeconds: z.int().positive(),
  traceId: z.string(),
});
export type CommandEnvelope = z.output<typeof commandEnvelope>;

/** Codes of what can go wrong on an agent's machine. */
export const commandErrorCode = z.enum([
  'INVALID_COMMAND',
  'NOT_FOUND',
  'IN_USE',
  'INSUFFICIENT_SPACE',
  'FORBIDDEN_ADDRESS',
  'DOWNLOAD_FAILED',
  'CHECKSUM_MISMATCH',
  'INVALID_IMAGE',
  'TOO_LARGE',
  'NETWORK_UNPREPARED',
  'PEER_UNREACHABLE',
  'HYPERVISOR_ERROR',
  'UNSUPPORTED',
  'TIMEOUT',
  'INTERNAL',
]);
export type CommandErrorCode = z.output<typeof commandErrorCode>;

export const commandError = z.strictObject({
  code: commandErrorCode,
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type CommandErrorFacts = z.output<typeof commandError>;

/**
 * How a command ended. `INTERRUPTED`: the agent, or its hypervisor, was cut off after the command was journalled and
 * before its outcome was; the effect, seen from outside, is not there, and the server may ask anew under another id.
 */
export const commandOutcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('SUCCEEDED'), result: z.unknown() }),
  z.strictObject({ status: z.literal('FAILED'), error: commandError }),
  z.strictObject({ status: z.literal('INTERRUPTED') }),
  z.strictObject({ status: z.literal('CANCELLED') }),
]);
export type CommandOutcome = z.output<typeof commandOutcome>;
