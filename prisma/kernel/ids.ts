import { toUUID, fromString, TypeID, typeidUnboxed } from 'typeid-js';

/**
 * The kinds of thing that have an id, and the prefix by which a person tells them apart.
 * An id is a TypeID: prefix, underscore, and a UUIDv7 as 26 characters of base32, so ids sort by creation.
 */
export const idPrefixes = {
  Domain: 'dom',
  Account: 'acct',
  User: 'user',
  UserSession: 'sess',
  ApiKey: 'key',
  Role: 'role',
  Project: 'proj',
  ProjectInvitation: 'inv',
  IdentityProvider: 'idp',
  Agent: 'agnt',
  Zone: 'zone',
  ZoneDraft: 'zdraft',
  Pod: 'pod',
  Cluster: 'clus',
  Host: 'host',
  PhysicalNetwork: 'pnet',
  GuestNetwork: 'net',
  GuestIpRange: 'rng',
  StoragePool: 'pool',
  ImageStore: 'imst',
  ServiceOffering: 'soff',
  DiskOffering: 'doff',
  Template: 'tmpl',
  Iso: 'iso',
  Volume: 'vol',
  VirtualMachine: 'vm',
  ForeignMachine: 'fvm',
  AffinityGroup: 'affg',
  SshKeyPair: 'sshk',
  VirtualMachineSchedule: 'vmsc',
  VirtualMachineSnapshot: 'vmss',
  Nic: 'nic',
  Job: 'job',
  Alert: 'alrt',
  AuditEvent: 'evt',
  UsageEvent: 'uevt',
  UsageRecord: 'usg',
  UsagePeriod: 'uper',
  UsageExport: 'uexp',
  UsageExportSchedule: 'uexs',
  UsageExportRun: 'uexr',
  PriceAdjustment: 'adj',
  PrepaidTerm: 'prep',
  Budget: 'bdgt',
  Tariff: 'trf',
  TariffVersion: 'trfv',
  RatedLine: 'rate',
  Statement: 'stmt',
  LedgerEntry: 'lent',
  Balance: 'bal',
  QuotaPolicy: 'qpol',
  Arrears: 'arr',
  Notice: 'ntc',
  ServerInstance: 'srv',
} as const;

/** A kind of thing that has ids, as the data model names it. */
export type IdKind = keyof typeof idPrefixes;

declare const kindOfId: unique symbol;

/** The id of one kind of thing; made only by {@link newId} and {@link parseId}. */
export type Id<Kind extends IdKind> = string & { readonly [kindOfId]: Kind };

/** The id of an image: templates and ISOs stand in one table and share what is done to them. */
export type ImageId = Id<'Template'> | Id<'Iso'>;

const kindsByPrefix = new Map(
  Object.entries(idPrefixes).map(([kind, prefix]) => [prefix as string, kind as IdKind]),
);

const pattern = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** A new id; greater than every id made a millisecond or more before it. */
export function newId<Kind extends IdKind>(kind: Kind): Id<Kind> {
  return typeidUnboxed(idPrefixes[kind]) as string as Id<Kind>;
}

/** The kind that an id says it is of, or `undefined` for text that is no id of ours. */
export function findIdKind(text: string): IdKind | undefined {
  const prefix = pattern.exec(text)?.[1];
  return prefix === undefined ? undefined : kindsByPrefix.get(prefix);
}

/** Whether `text` is a well-formed id of `kind`; says nothing of whether such a thing exists. */
export function isId<Kind extends IdKind>(kind: Kind, text: string): text is Id<Kind> {
  return findIdKind(text) === kind;
}

/**
 * `text` as an id of `kind`.
 * @throws RangeError when it is not a well-formed id of that kind
 */
export function parseId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> {
  if (!isId(kind, text))
    throw new RangeError(`not the id of a ${kind}: ${JSON.stringify(text.slice(0, 64))}`);
  return text;
}

/** The UUID inside an id in its usual text form. libvirt knows a machine by it. */
export function uuidOf(id: Id<IdKind>): string {
  return toUUID(fromString(id));
}

/** The id of this kind that has a UUID inside: the other way round than {@link uuidOf}. @throws for what is no UUID */
export function idOfUuid<Kind extends IdKind>(kind: Kind, uuid: string): Id<Kind> {
  return parseId(kind, TypeID.fromUUID(idPrefixes[kind], uuid).toString());
}

/**
 * The beginning of an id that follows from facts, as the SQL function `nephos_derived_id` completes it: prefix and time,
 * so that such ids too sort by time.
 */
export function derivedIdStem(kind: IdKind, at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  const first = TypeID.fromUUID(
    idPrefixes[kind],
    `${time.slice(0, 8)}-${time.slice(8)}-8000-8000-000000000000`,
  ).toString();
  const digitsOfTime = 10;
  return first.slice(0, idPrefixes[kind].length + 1 + digitsOfTime);
}
