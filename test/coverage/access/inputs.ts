import { sampleOperation, type SampleOperation } from '../../support/sample-operation.ts';
import { operations, type Target } from './expectations.ts';
import { kinds, type Kind } from './kinds.ts';
import type { Operation } from './surface.ts';
import type { Tenancy } from './tenancy.ts';
import type { HolderName, Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';

/** Values without which an input would be refused before anyone asks whose things it names. */
const fitting: Record<string, unknown> = {
  'dismissJobs.input.ids': [],
  'updateSetting.input.key': 'expunge.delay',
  'updateSetting.input.value': '60',
  'createUsageExportSchedule.input.cron': '0 3 * * *',
  'createUsageExportSchedule.input.timeZone': 'UTC',
  'createUsageExportSchedule.input.target': {
    webhook: { url: 'https://usage.example.org/', secret: 'a-long-enough-secret' },
  },
  'usageSums.from': '2026-01-01T00:00:00Z',
  'usageSums.until': '2026-02-01T00:00:00Z',
  'createUsageExport.input.from': '2026-01-01T00:00:00Z',
  'createUsageExport.input.until': '2026-02-01T00:00:00Z',
  'finalizeStatements.input.month': '2026-01',
  'statementDrafts.month': '2026-01',
  'domainStatementSums.month': '2026-01',
  'generateUsage.input.until': '2026-01-01T00:00:00Z',
  'createBudget.input.currency': 'CNY',
  'createBudget.input.amount': '100',
  'costShares.by': 'TYPE',
  'costShares.first': 10,
  'createTariff.input.usageType': 1,
  'createTariff.input.currency': 'CNY',
  'createTariff.input.price': { unit: 'HOUR', tiers: [{ price: '1' }] },
  'addTariffVersion.input.price': { unit: 'HOUR', tiers: [{ price: '1' }] },
  'createPriceAdjustment.input.percent': '6',
  'tariffPreview.input.usageType': 1,
  'tariffPreview.input.currency': 'CNY',
  'tariffPreview.input.price': { unit: 'HOUR', tiers: [{ price: '1' }] },
  'grantCredit.input.amount': '1',
  'grantCredit.input.currency': 'CNY',
  'updateNoticeContact.input.language': 'en',
  'updateNoticeContact.input.emails': [],
  'costs.from': '2026-01-01T00:00:00Z',
  'costs.until': '2026-02-01T00:00:00Z',
  'createAccount.input.password': 'a long enough password',
  'createUser.input.password': 'a long enough password',
  'createIdentityProvider.input.roleMappings': [],
  'createIdentityProvider.input.oidc': { issuer: 'https://id.example.org', clientId: 'nephos' },
  'createIdentityProvider.input.secret': 'a client secret',
  'inviteToProject.input.accountName': 'sibling',
  'inviteToProject.input.domainPath': '/region/customer',
  'createServiceOffering.input.cpuMhz': 1000,
  'createPod.input.pod': {
    name: 'rack-9',
    cidr: '10.9.0.0/24',
    gateway: '10.9.0.1',
    reservedStart: '10.9.0.2',
    reservedEnd: '10.9.0.9',
  },
  'createGuestIpRange.input.range': {
    cidr: '10.9.1.0/24',
    gateway: '10.9.1.1',
    startIp: '10.9.1.10',
    endIp: '10.9.1.20',
  },
  'checkHost.input.ssh': { address: '127.0.0.1', port: 1, password: 'a password' },
  'upgradeHostAgent.input.ssh': { address: '127.0.0.1', port: 1, password: 'a password' },
  'createImageStore.input.path': '/srv/images',
  'createStoragePool.input.path': '/srv/disks',
  'createStoragePool.input.scope': 'CLUSTER',
  'createStoragePool.input.type': 'SHARED_DIRECTORY',
  'createVirtualMachineSchedule.input.cron': '0 7 * * *',
  'createVirtualMachineSchedule.input.timeZone': 'UTC',
  'createRole.input.rules': [{ pattern: 'zone.list', effect: 'ALLOW' }],
  'createRole.input.accountType': 'USER',
  'changePassword.input.newPassword': 'a long enough password',
  'registerTemplate.input.url': 'http://127.0.0.1:9/disk',
  'registerTemplate.input.format': 'QCOW2',
  'registerIso.input.url': 'http://127.0.0.1:9/disc',
};

/** Optional ids that are given all the same: the viewer's own things. */
const given = new Set([
  'addHost.input.agentId',
  'deployVirtualMachine.input.templateId',
  'planDeployVirtualMachine.input.templateId',
  'createStoragePool.input.clusterId',
]);
/** Those that are given instead when a certain place is the target. */
const givenWith: Record<string, ReadonlySet<string>> = {
  'deployVirtualMachine isoId': new Set(['deployVirtualMachine.input.diskOfferingId']),
  'planDeployVirtualMachine isoId': new Set(['planDeployVirtualMachine.input.diskOfferingId']),
};
/** Accounts that are neither the viewer's own nor the target. */
const accountsAt: Record<string, HolderName> = {
  'updateProjectMember.input.accountId': 'member',
  'removeProjectMember.input.accountId': 'owner',
};

export interface InputFacts {
  viewer: Viewer;
  tenancy: Tenancy;
  rows: ReadonlyMap<Kind, readonly AnyRow[]>;
  /** What is got at: its place in the input, and its id. */
  target?: Target | undefined;
  targetId?: string | undefined;
}

/** An operation with an input that is as right as can be, but for whose the target is. */
export function operationFor({ name, kind, field }: Operation, facts: InputFacts): SampleOperation {
  const { target, targetId } = facts;
  const kindsAt = new Map(operations[name]?.targets?.map((each) => [each.at, each.kind]));
  const idAt = (place: string) => ownIdAt(place, kindsAt.get(lastOf(place)) ?? kindOfPlace(place), facts);
  const wanted = givenWith[`${field.name} ${target?.at}`] ?? given;
  const valueAt = (place: string) => {
    if (lastOf(place) === target?.at && targetId !== undefined) return targetId;
    return fitting[place] ?? (wanted.has(place) ? idAt(place) : undefined);
  };
  return sampleOperation(kind, field, idAt, valueAt);
}

/** The viewer's own thing of the kind that a place is for, or the only one there is. */
function ownIdAt(place: string, kind: Kind, { viewer, tenancy, rows }: InputFacts): string {
  const holder = accountsAt[place];
  const account = holder && rows.get('Account')?.find(({ id }) => tenancy.holderOf(id) === holder);
  if (account) return account.id;
  const own = tenancy.accountOf(viewer);
  const all = rows.get(kind) ?? [];
  const mine = all.find((row) =>
    [row.accountId, row.userId, row.id].some(
      (id) => id != null && (id === own?.accountId || id === own?.userId),
    ),
  );
  const row = mine ?? all[0];
  if (row === undefined) throw new Error(`${place} asks for a ${kind}, and there is none`);
  return row.id;
}

function lastOf(place: string): string {
  return place.slice(place.lastIndexOf('.') + 1);
}

/** Places whose kind their name does not tell. */
const kindsOfPlaces: Record<string, Kind> = {
  ids: 'VirtualMachine',
  networkId: 'GuestNetwork',
};

function kindOfPlace(place: string): Kind {
  const name = lastOf(place);
  const [field = ''] = place.split('.');
  const named = (text: string) =>
    (Object.keys(kinds) as Kind[])
      .filter((kind) => text.toLowerCase().includes(kind.toLowerCase()))
      .sort((one, other) => other.length - one.length)[0];
  const kind = kindsOfPlaces[name] ?? named(name) ?? named(field);
  if (kind === undefined) throw new Error(`${place} does not say which kind of thing it asks for`);
  return kind;
}
