import type { PowerState } from '@nephos/agent-protocol/machine.ts';
import { idOfUuid, isId, parseId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { getDomainMetadata, listDomains, setDomainMetadata } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import XMLBuilder from 'fast-xml-builder';
import { attributeOf, childrenOf, parseElements } from '../migration/element.ts';

type MachineId = Id<'VirtualMachine'>;

/** What stands in the definition of a domain whose name does not say whose it is. */
export type DomainMark =
  /** Ours, under the name that it had before; with the names that its disks had, and have until its next start. */
  | { owner: 'nephos'; disks: readonly { file: string; volumeId: Id<'Volume'> }[] }
  /** Nobody's, though it is called by an id: one that runs cannot be renamed. */
  | { owner: 'none'; name: string };

const uri = 'https://nephos.dev/libvirt/machine';
const prefix = 'nephos';
const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
});

/** The mark's element in a domain's definition. */
export const markElement = `${prefix}:machine`;

function formatMark(mark: DomainMark): string {
  const content =
    mark.owner === 'none'
      ? { '@owner': mark.owner, '@name': mark.name }
      : {
          '@owner': mark.owner,
          disk: mark.disks.map(({ file, volumeId }) => ({ '@file': file, '@volume': volumeId })),
        };
  return builder.build({ machine: content });
}

function parseMark(text: string): DomainMark | undefined {
  const [element] = parseElements(text);
  if (element === undefined) return undefined;
  if (attributeOf(element, 'owner') === 'none')
    return { owner: 'none', name: attributeOf(element, 'name') ?? '' };
  const disks = childrenOf(element).map((disk) => ({
    file: attributeOf(disk, 'file') ?? '',
    volumeId: parseId('Volume', attributeOf(disk, 'volume') ?? ''),
  }));
  return { owner: 'nephos', disks };
}

/**
 * Whose domains are. Machines that we made are called by their id; those that were taken over, or let go of, while
 * they ran carry a mark in their definition, which survives us and libvirtd.
 */
export class DomainMarks {
  /** By UUID. */
  readonly #marks = new Map<string, DomainMark>();
  /** How often we set or took away the mark of a domain, by UUID: what was read before that is of no use after it. */
  readonly #changes = new Map<string, number>();

  /** Reads the marks of all domains. */
  async load(libvirt: Libvirt): Promise<void> {
    const domains = await listDomains(libvirt);
    const known = new Set(domains.map(({ uuid }) => uuid));
    for (const uuid of this.#marks.keys()) if (!known.has(uuid)) this.#marks.delete(uuid);
    await Promise.all(domains.map((domain) => this.look(libvirt, domain)));
  }

  /** Reads the mark of one domain. */
  async look(libvirt: Libvirt, domain: DomainRef): Promise<void> {
    const { uuid } = domain;
    const changes = this.#changes.get(uuid);
    const text = await getDomainMetadata(libvirt, domain, { type: 'ELEMENT', uri }).catch(
      (error: unknown) => {
        if (!hasErrorCode(error, 'NO_DOMAIN_METADATA', 'NO_DOMAIN')) throw error;
        return undefined;
      },
    );
    const mark = text === undefined ? undefined : parseMark(text);
    if (this.#changes.get(uuid) === changes) this.#keep(uuid, mark);
  }

  /** Marks a domain, or with `null` takes its mark away. */
  async write(
    libvirt: Libvirt,
    domain: DomainRef,
    mark: DomainMark | null,
    power: PowerState,
  ): Promise<void> {
    const value = mark && formatMark(mark);
    const impact = power === 'OFF' ? (['CONFIG'] as const) : (['LIVE', 'CONFIG'] as const);
    await setDomainMetadata(libvirt, domain, { type: 'ELEMENT', value, prefix, uri }, impact);
    this.#change(domain.uuid, mark ?? undefined);
  }

  /** Its definition was written anew, without a mark. */
  forget(machineId: MachineId): void {
    this.#change(uuidOf(machineId), undefined);
  }

  #change(uuid: string, mark: DomainMark | undefined): void {
    this.#changes.set(uuid, (this.#changes.get(uuid) ?? 0) + 1);
    this.#keep(uuid, mark);
  }

  #keep(uuid: string, mark: DomainMark | undefined): void {
    if (mark === undefined) this.#marks.delete(uuid);
    else this.#marks.set(uuid, mark);
  }

  markOf(machineId: MachineId): DomainMark | undefined {
    return this.#marks.get(uuidOf(machineId));
  }

  /** The machine of ours that a domain is; `undefined` for somebody else's. */
  machineIdOf({ name, uuid }: DomainRef): MachineId | undefined {
    switch (this.#marks.get(uuid)?.owner) {
      case 'none':
        return undefined;
      case 'nephos':
        return idOfUuid('VirtualMachine', uuid);
      case undefined:
        return isId('VirtualMachine', name) ? name : undefined;
    }
  }

  /** What a domain that is none of ours is called. */
  nameOf({ name, uuid }: DomainRef): string {
    const mark = this.#marks.get(uuid);
    return mark?.owner === 'none' ? mark.name : name;
  }
}
