import { expect, type Locator, type Page, type Request } from '@playwright/test';
import type { ApiClient } from '../support/api-client.ts';
import { adminPassword } from '../support/product.ts';
import { createDraft } from '../support/zone-drafts.ts';
import type { Authenticator } from './authenticator.ts';

/** Signs in through the form, as anybody would. @param app of whoever has a second factor */
export async function signInAs(
  page: Page,
  url: string,
  username = 'admin',
  app?: Authenticator,
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(adminPassword);
  const submit = page.getByRole('button', { name: 'Sign in', exact: true });
  await submit.click();
  if (app !== undefined) {
    await page.getByLabel('Code', { exact: true }).fill(app.next());
    await submit.click();
  }
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
}

/** The page's title and what stands beside it, as a state: its word may stand elsewhere on the page too, of a job. */
export function headerOf(page: Page): Locator {
  return page.locator('header', { has: page.getByRole('heading', { level: 1 }) });
}

/** The row of a list that a name stands in. */
export function rowOf(page: Page, name: string) {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Does something whose outcome is a preference, and waits until the server keeps it. @param key how its key begins */
export async function untilKept(page: Page, key: string, act: () => Promise<unknown>): Promise<void> {
  const kept = page.waitForResponse((answer) =>
    (answer.request().postData() ?? '').includes(`"input":{"key":"${key}`),
  );
  await act();
  await kept;
}

/** Leaves something in the page that a reload would take away. @returns whether it is still there */
export async function watchForReload(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { wasNotReloaded: true }));
  return () => page.evaluate(() => 'wasNotReloaded' in window);
}

export type Theme = 'light' | 'dark';

/** Sets what a browser remembers, before the page begins. */
export async function remember(
  page: Page,
  { locale, theme }: { locale: 'en' | 'zh-CN'; theme: Theme | 'system' },
) {
  await page.addInitScript(
    ([language, mode]) => {
      localStorage.setItem('nephos.locale', language);
      localStorage.setItem('mode-watcher-mode', mode);
    },
    [locale, theme] as const,
  );
}

/** Has the operating system prefer a theme, and waits until an open page that follows it shows it. */
export async function showSystemTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator('html')).toHaveClass(theme === 'dark' ? /\bdark\b/ : /^(?!.*\bdark\b)/);
  // A colour that is on its way is none of the theme's.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map(({ finished }) => finished.catch(() => undefined)),
    ),
  );
}

/** Pages of domains, accounts, users, roles and limits. */
async function identityPages(admin: ApiClient): Promise<Record<string, string>> {
  const { domains, accounts, users, roles } = await admin.ask<
    Record<'domains' | 'accounts' | 'users' | 'roles', { nodes: { id: string }[] }>
  >(
    '{ domains(first: 2, orderBy: { field: PATH }) { nodes { id } } accounts(first: 1) { nodes { id } } users(first: 1) { nodes { id } } roles(first: 20) { nodes { id } } }',
  );
  const account = `/accounts/${accounts.nodes[0]!.id}`;
  const user = `/users/${users.nodes[0]!.id}`;
  return {
    domains: '/domains',
    domain: `/domains/${domains.nodes.at(-1)!.id}`,
    'no such domain': '/domains/dom_00000000000000000000000000',
    accounts: '/accounts',
    'accounts of a domain': `/accounts?domain=${domains.nodes[0]!.id}`,
    'accounts, filtered out': '/accounts?state=LOCKED',
    account,
    'users of an account': `${account}?tab=users`,
    'limits of an account': `${account}?tab=limits`,
    'events of an account': `${account}?tab=events`,
    'no such account': '/accounts/acct_00000000000000000000000000',
    users: '/users',
    user,
    'sign-ins of a user': `${user}?tab=sign-ins`,
    'events of a user': `${user}?tab=events`,
    'no such user': '/users/user_00000000000000000000000000',
    roles: '/roles',
    'built-in role': `/roles/${roles.nodes[0]!.id}`,
    'role of one’s own': `/roles/${roles.nodes.at(-1)!.id}`,
    'no such role': '/roles/role_00000000000000000000000000',
    limits: '/limits',
  };
}

/** Pages of a zone that is being planned. */
async function draftPages(admin: ApiClient): Promise<Record<string, string>> {
  const { zoneDrafts } = await admin.ask<{ zoneDrafts: { nodes: { id: string }[] } }>(
    '{ zoneDrafts(first: 1) { nodes { id } } }',
  );
  const { id } = zoneDrafts.nodes[0] ?? (await createDraft(admin));
  const draft = `/zones/drafts/${id}`;
  return {
    'draft of a zone': draft,
    'networks of a draft': `${draft}?step=NETWORK`,
    'hosts of a draft': `${draft}?step=HOSTS`,
    'storage of a draft': `${draft}?step=STORAGE`,
    'review of a draft': `${draft}?step=REVIEW`,
  };
}

/** Pages of disks, networks, images, offerings and affinity groups. */
async function computePages(admin: ApiClient): Promise<Record<string, string>> {
  const { volumes, guestNetworks, templates, isos, serviceOfferings, diskOfferings, ...owned } =
    await admin.ask<
      Record<
        | 'volumes'
        | 'guestNetworks'
        | 'templates'
        | 'isos'
        | 'serviceOfferings'
        | 'diskOfferings'
        | 'affinityGroups'
        | 'sshKeyPairs',
        { nodes: { id: string }[] }
      >
    >(
      '{ volumes(first: 1) { nodes { id } } guestNetworks(first: 1) { nodes { id } } templates(first: 1) { nodes { id } } isos(first: 1) { nodes { id } } serviceOfferings(first: 1) { nodes { id } } diskOfferings(first: 1) { nodes { id } } affinityGroups(first: 1) { nodes { id } } sshKeyPairs(first: 1) { nodes { id } } }',
    );
  const volume = `/volumes/${volumes.nodes[0]!.id}`;
  return {
    disks: '/volumes',
    'disks, filtered out': '/volumes?q=no-such-disk',
    disk: volume,
    'events of a disk': `${volume}?tab=events`,
    'cost of a disk': `${volume}?tab=cost`,
    'no such disk': '/volumes/vol_00000000000000000000000000',
    networks: '/networks',
    network: `/networks/${guestNetworks.nodes[0]!.id}`,
    'no such network': '/networks/net_00000000000000000000000000',
    template: `/images/${templates.nodes[0]!.id}`,
    iso: `/images/${isos.nodes[0]!.id}`,
    'no such image': '/images/tmpl_00000000000000000000000000',
    'service offering': `/offerings/${serviceOfferings.nodes[0]!.id}`,
    'disk offering': `/offerings/${diskOfferings.nodes[0]!.id}`,
    'no such offering': '/offerings/soff_00000000000000000000000000',
    'affinity group': `/affinity-groups/${owned.affinityGroups.nodes[0]!.id}`,
    'one SSH key': `/ssh-keys?open=${owned.sshKeyPairs.nodes[0]!.id}`,
    'no such affinity group': '/affinity-groups/affg_00000000000000000000000000',
  };
}

/** Every page of the console, with something on it. */
export async function everyPage(admin: ApiClient): Promise<Record<string, string>> {
  const {
    clusters,
    pods,
    virtualMachines,
    stopped,
    zones,
    auditEvents,
    jobs,
    projects,
    suspended,
    hosts,
    inMaintenance,
    storagePools,
    tariffs,
  } = await admin.ask<{
    auditEvents: { nodes: { id: string }[] };
    clusters: { nodes: { id: string }[] };
    pods: { nodes: { id: string }[] };
    hosts: { nodes: { id: string }[] };
    inMaintenance: { nodes: { id: string }[] };
    jobs: { nodes: { id: string }[] };
    projects: { nodes: { id: string }[] };
    suspended: { nodes: { id: string }[] };
    storagePools: { nodes: { id: string }[] };
    tariffs: { nodes: { id: string }[] };
    virtualMachines: { nodes: { id: string }[] };
    stopped: { nodes: { id: string }[] };
    zones: { nodes: { id: string }[] };
  }>(
    '{ virtualMachines(first: 1, filter: { state: [RUNNING] }) { nodes { id } } stopped: virtualMachines(first: 1, filter: { state: [STOPPED] }) { nodes { id } } zones(first: 1) { nodes { id } } hosts(first: 1, filter: { adminState: [ENABLED] }) { nodes { id } } inMaintenance: hosts(first: 1, filter: { adminState: [MAINTENANCE] }) { nodes { id } } pods(first: 1) { nodes { id } } clusters(first: 1) { nodes { id } } storagePools(first: 1) { nodes { id } } auditEvents(first: 1) { nodes { id } } jobs(first: 1, filter: { status: [FAILED] }) { nodes { id } } projects(first: 1, filter: { state: [ACTIVE] }) { nodes { id } } suspended: projects(first: 1, filter: { state: [SUSPENDED] }) { nodes { id } } tariffs(first: 1) { nodes { id } } }',
  );
  const machine = `/virtual-machines/${virtualMachines.nodes[0]!.id}`;
  const host = `/hosts/${hosts.nodes[0]!.id}`;
  const project = `/projects/${projects.nodes[0]!.id}`;
  return {
    dashboard: '/',
    machines: '/virtual-machines',
    'machines, filtered out': '/virtual-machines?q=no-such-machine',
    'create machine': '/virtual-machines/new',
    machine,
    'network of a machine': `${machine}?tab=network`,
    'snapshots of a machine': `${machine}?tab=snapshots`,
    'screen of a machine': `${machine}?tab=screen`,
    'serial console of a machine': `${machine}?tab=serial`,
    'window of a screen': `${machine}/screen`,
    'window of a serial console': `${machine}/serial`,
    'automation of a machine': `${machine}?tab=automation`,
    'statistics of a machine': `${machine}?tab=statistics`,
    'events of a machine': `${machine}?tab=events`,
    'disks of a machine': `${machine}?tab=disks`,
    'jobs of a machine': `${machine}?tab=jobs`,
    'cost of a machine': `${machine}?tab=cost`,
    'network of a stopped machine': `/virtual-machines/${stopped.nodes[0]!.id}?tab=network`,
    'cost of a stopped machine': `/virtual-machines/${stopped.nodes[0]!.id}?tab=cost`,
    'no such machine': '/virtual-machines/vm_00000000000000000000000000',
    ...(await computePages(admin)),
    templates: '/images',
    isos: '/images?tab=isos',
    zones: '/zones',
    zone: `/zones/${zones.nodes[0]!.id}`,
    'create zone': '/zones/new',
    ...(await draftPages(admin)),
    'no such draft of a zone': '/zones/drafts/zdraft_00000000000000000000000000',
    hosts: '/hosts',
    host,
    'statistics of a host': `${host}?tab=statistics`,
    'foreign machines of a host': `${host}?tab=foreign`,
    'host in maintenance': `/hosts/${inMaintenance.nodes[0]!.id}`,
    'no such host': '/hosts/host_00000000000000000000000000',
    'primary storage': '/storage',
    'storage pool': `/storage/${storagePools.nodes[0]!.id}`,
    'no such storage': '/storage/pool_00000000000000000000000000',
    'secondary storage': '/storage?tab=secondary',
    capacity: '/capacity',
    'capacity of a zone': `/capacity?scope=${zones.nodes[0]!.id}`,
    'course of capacity': '/capacity?resource=used&days=7',
    pods: '/pods',
    pod: `/pods/${pods.nodes[0]!.id}`,
    'no such pod': '/pods/pod_00000000000000000000000000',
    clusters: '/clusters',
    cluster: `/clusters/${clusters.nodes[0]!.id}`,
    'no such cluster': '/clusters/clus_00000000000000000000000000',
    'physical networks': '/physical-networks',
    'guest networks of zones': '/physical-networks?tab=guest',
    'address ranges': '/physical-networks?tab=ranges',
    agents: '/agents',
    'agents, filtered': '/agents?connected=no',
    system: '/system',
    topology: '/topology',
    'topology of a cluster': `/topology?at=${clusters.nodes[0]!.id}`,
    'topology as a tree': '/topology?tab=tree',
    'topology of networks': '/topology?tab=networks',
    'host in the topology': `/topology?open=${hosts.nodes[0]!.id}`,
    'service offerings': '/offerings',
    'disk offerings': '/offerings?tab=disk',
    tariffs: '/tariffs',
    'one tariff': `/tariffs?open=${tariffs.nodes[0]!.id}`,
    discounts: '/tariffs?tab=discounts',
    taxes: '/tariffs?tab=taxes',
    projects: '/projects',
    project,
    'limits of a project': `${project}?tab=limits`,
    'events of a project': `${project}?tab=events`,
    'suspended project': `/projects/${suspended.nodes[0]!.id}`,
    'no such project': '/projects/proj_00000000000000000000000000',
    ...(await identityPages(admin)),
    alerts: '/alerts',
    jobs: '/jobs',
    ...(jobs.nodes[0] && { 'failed job': `/jobs/${jobs.nodes[0].id}` }),
    'no such job': '/jobs/job_00000000000000000000000000',
    events: '/events',
    'events, filtered': '/events?outcome=REFUSED&range=custom&action=session.',
    'one event': `/events?open=${auditEvents.nodes[0]!.id}`,
    costs: '/costs',
    'costs by tag': '/costs?by=TAG',
    budgets: '/budgets',
    credits: '/credits',
    'arrears policies': '/credits?tab=policies',
    'notifications sent': '/credits?tab=notices',
    'prepaid machines': '/prepaid',
    usage: '/usage',
    statements: '/statements',
    'statements by domain': '/statements?tab=domains',
    'draft of a statement': '/statements/drafts/2026-01',
    'no such statement': '/statements/stmt_00000000000000000000000000',
    'usage by account, other days': '/usage?range=custom&from=2026-11-01&until=2026-11-07&by=ACCOUNT',
    'usage records': '/usage?tab=records',
    'checks of usage': '/usage?tab=checks',
    exports: '/exports',
    'new export': '/exports?new=RECORDS',
    'export schedules': '/exports?tab=schedules',
    'runs of export schedules': '/exports?tab=runs',
    settings: '/settings',
    profile: '/profile',
    'API keys': '/api-keys',
    'SSH keys': '/ssh-keys',
    'affinity groups': '/affinity-groups',
    'no such page': '/no/such/page',
  };
}

/** What of a page is wider than the screen, or lies beyond its right edge; empty when nothing does. */
export async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parts = [document.documentElement, document.querySelector('main')];
    return parts.flatMap((part) =>
      part !== null && part.scrollWidth > part.clientWidth
        ? [`${part.tagName} is ${part.scrollWidth} pixels wide, of ${part.clientWidth}`]
        : [],
    );
  });
}

/** Requests of a page that were not answered yet. */
const pending = new WeakMap<Page, Set<Request>>();

function pendingOf(page: Page): Set<Request> {
  const known = pending.get(page);
  if (known !== undefined) return known;
  const made = new Set<Request>();
  pending.set(page, made);
  page.on('request', (request) => made.add(request));
  page.on('requestfinished', (request) => made.delete(request));
  page.on('requestfailed', (request) => made.delete(request));
  return made;
}

/** Waits until a page has asked for nothing for a while. */
export async function untilQuiet(page: Page): Promise<void> {
  const quietMs = 120;
  const requests = pendingOf(page);
  const deadline = Date.now() + 15_000;
  for (let since = Date.now(); Date.now() - since < quietMs;) {
    if (Date.now() > deadline) throw new Error(`${page.url()} does not come to rest`);
    // What has come is drawn by then; a document that is just being left says nothing.
    const hasDrawn = await page
      .evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true), 20))))
      .catch(() => false);
    if (hasDrawn !== true || requests.size > 0) since = Date.now();
  }
}

/** Opens a page and waits until what it asked for has come. In the console it is gone to as by a link. */
export async function openPage(page: Page, address: string): Promise<void> {
  pendingOf(page);
  if (new URL(page.url()).origin === new URL(address).origin) {
    await page.evaluate((href) => {
      const link = document.body.appendChild(document.createElement('a'));
      link.href = href;
      link.click();
      link.remove();
    }, address);
    await page.waitForURL((url) => url.pathname === new URL(address).pathname);
  } else {
    await page.goto(address);
  }
  await untilQuiet(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
}
