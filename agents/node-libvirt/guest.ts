import { buffer } from 'node:stream/consumers';
import type { consoleFlags, keycodeSets } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { LibvirtStream } from './streams.ts';

/** Looking at and talking to what runs inside a virtual machine. */

export type ConsoleFlag = keyof typeof consoleFlags;
export type KeycodeSet = (typeof keycodeSets)[number];

/** Presses these keys together (at most 16), holds them for `holdMs`, and lets go of them together. */
export function sendKeys(
  libvirt: Libvirt,
  domain: DomainRef,
  keys: { set: KeycodeSet; codes: readonly number[]; holdMs?: number },
  options?: CallOptions,
): Promise<void> {
  return libvirt.call(procedures.domainSendKey, [domain, keys.set, keys.holdMs ?? 0, keys.codes], options);
}

/** A picture of a screen. */
export interface Screenshot {
  /** `image/x-portable-pixmap` or `image/png`, as the daemon's QEMU makes it. */
  readonly mimeType: string;
  readonly data: Buffer;
}

/** Takes a picture of the screen with this number. */
export async function takeScreenshot(
  libvirt: Libvirt,
  domain: DomainRef,
  screen = 0,
  options?: CallOptions,
): Promise<Screenshot> {
  const { stream, result } = await libvirt.openStream(procedures.domainScreenshot, [domain, screen], options);
  return { mimeType: result ?? 'application/octet-stream', data: await buffer(stream) };
}

/**
 * Opens a serial port or console that the domain's XML has as a pty; `device` is its alias, by default the first.
 * Rejects with LibvirtError OPERATION_FAILED while somebody else has it open, unless FORCE takes it away.
 */
export async function openConsole(
  libvirt: Libvirt,
  domain: DomainRef,
  console: { device?: string; flags?: readonly ConsoleFlag[] } = {},
  options?: CallOptions,
): Promise<LibvirtStream> {
  const { device = null, flags = [] } = console;
  const { stream } = await libvirt.openStream(procedures.domainOpenConsole, [domain, device, flags], options);
  return stream;
}

/** Makes the guest agent hold back writes to these mount points, or to all; resolves with how many there were. */
export function freezeFilesystems(
  libvirt: Libvirt,
  domain: DomainRef,
  mountPoints: readonly string[] = [],
  options?: CallOptions,
): Promise<number> {
  return libvirt.call(procedures.domainFsFreeze, [domain, mountPoints], options);
}

/** Ends `freezeFilesystems`. */
export function thawFilesystems(
  libvirt: Libvirt,
  domain: DomainRef,
  mountPoints: readonly string[] = [],
  options?: CallOptions,
): Promise<number> {
  return libvirt.call(procedures.domainFsThaw, [domain, mountPoints], options);
}

/**
 * Sends a command to the QEMU guest agent and resolves with what it returns.
 *
 * `timeoutSeconds` is how long libvirt waits for the agent (its own default if it is missing). Rejects with
 * LibvirtError AGENT_UNRESPONSIVE when no agent answers, ARGUMENT_UNSUPPORTED when the domain has no channel for
 * one, and INTERNAL_ERROR when the agent refuses.
 */
export async function agentCommand(
  libvirt: Libvirt,
  domain: DomainRef,
  command: { execute: string; arguments?: Readonly<Record<string, unknown>> },
  timeoutSeconds?: number,
  options?: CallOptions,
): Promise<unknown> {
  // VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT
  const seconds = timeoutSeconds ?? -1;
  const answer = await libvirt.call(
    procedures.qemuAgentCommand,
    [domain, JSON.stringify(command), seconds],
    options,
  );
  return answer === null ? null : (JSON.parse(answer) as { return: unknown }).return;
}

/**
 * Sends a command to QEMU itself (QMP) and resolves with what it returns. libvirt does not learn what it did, and marks
 * the domain as tainted: for mending what libvirt cannot. Rejects with LibvirtError OPERATION_INVALID when the domain
 * is off; a refusal of QEMU's is an Error with its words.
 */
export async function monitorCommand(
  libvirt: Libvirt,
  domain: DomainRef,
  command: { execute: string; arguments?: Readonly<Record<string, unknown>> },
  options?: CallOptions,
): Promise<unknown> {
  const text = await libvirt.call(procedures.qemuMonitorCommand, [domain, JSON.stringify(command)], options);
  const answer = JSON.parse(text) as { return: unknown } | { error: { class: string; desc: string } };
  if ('error' in answer) throw new Error(`QEMU refused ${command.execute}: ${answer.error.desc}`);
  return answer.return;
}
