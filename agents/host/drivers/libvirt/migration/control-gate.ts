import type { Transform } from 'node:stream';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { readPeerCall, type PeerCall } from '@nephos/node-libvirt/peer-migration.ts';
import { assertExpected } from './arriving-domain.ts';
import { childrenOf, nameOf, parseElements, type Element } from './element.ts';
import { frameGate } from './frame-gate.ts';

export interface ControlGateOptions {
  /** How the machine would be started here. */
  definition: string;
  /** Where QEMU is to wait for its memory. */
  memoryUri: string;
}

/**
 * Stands before this host's libvirtd while another host's talks to it, and lets through what the migration of the one
 * machine that is expected needs: a host that somebody has taken over does not take over the others with it.
 */
export function controlGate(options: ControlGateOptions): Transform {
  return frameGate((frame) => assertAllowed(readPeerCall(frame), options));
}

function assertAllowed(call: PeerCall, { definition, memoryUri }: ControlGateOptions): void {
  switch (call.kind) {
    case 'CONNECTION':
      return;
    case 'PREPARE':
    case 'FINISH': {
      const { destination_xml: xml, migrate_uri: uri, ...others } = call.parameters;
      if (uri !== undefined && uri !== memoryUri) refuse(`wants memory to come to ${String(uri)}`);
      const unknown = Object.keys(others).find((name) => !harmless.has(name));
      if (unknown !== undefined) refuse(`gives a parameter ${unknown}`);
      if (call.kind === 'PREPARE' && typeof xml !== 'string') refuse('gives no definition');
      const documents = [...(typeof xml === 'string' ? [xml] : []), call.cookie].flatMap(parsePlain);
      for (const domain of documents.flatMap(domainsIn)) assertExpected(domain, definition);
      return;
    }
    case 'OTHER':
      refuse(`calls procedure ${call.procedure} of program ${call.program}`);
  }
}

/** Parameters that a machine with another name than the expected one's, or another listener, cannot be made with. */
const harmless = new Set([
  'destination_name',
  'bandwidth',
  'auto_converge.initial',
  'auto_converge.increment',
]);

/** The domain that the destination is to keep is in what the daemons tell each other. */
function domainsIn(element: Element): Element[] {
  return nameOf(element) === 'domain' ? [element] : childrenOf(element).flatMap(domainsIn);
}

/** Entities, comments and the like, which libvirt never writes, two parsers may read in two ways. */
const ambiguous = /<[!?]|&(?!(?:amp|lt|gt|quot|apos);)/;

function parsePlain(xml: string): Element[] {
  if (ambiguous.test(xml)) refuse('sends XML of a kind that libvirt does not write');
  return parseElements(xml);
}

function refuse(what: string): never {
  throw new CommandFailure('UNSUPPORTED', `the other host's libvirtd ${what}, which no migration needs`);
}
