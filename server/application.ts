import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentKind } from '@nephos/model/generated/enums.ts';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import { AgentEndpoint } from './agent-gateway/agent-endpoint.ts';
import { AgentGateway } from './agent-gateway/agent-gateway.ts';
import { CertificateAuthority } from './agent-gateway/certificate-authority.ts';
import { createServices } from './create-services.ts';
import { buildApiSchema } from './graphql/schema.ts';
import { AccessWatch } from './http/access-watch.ts';
import { AgentDownloads } from './http/agent-downloads.ts';
import { ClientAddresses } from './http/client-address.ts';
import { Health } from './http/health.ts';
import { HttpServer } from './http/http-server.ts';
import { RateLimits } from './http/rate-limits.ts';
import { StaticFiles } from './http/static-files.ts';
import { AccessNotices } from './identity/access/access-notices.ts';
import { ensureFirstUser } from './identity/first-start.ts';
import type { Platform } from './platform/platform.ts';
import { PublicAddresses } from './platform/public-addresses.ts';
import type { Services } from './services.ts';
import { startPlatform, type PlatformOptions } from './start-platform.ts';

export interface ApplicationOptions extends PlatformOptions {
  listen: string;
  /** 0: any free port. */
  httpPort: number;
  agentListen: string;
  /** 0: any free port. */
  agentPort: number;
  /** Empty: the listening address. */
  publicUrl: string;
  /** By which agents reach the agent port; empty: see {@link PublicAddresses}. */
  agentPublicUrl: string;
  /** Networks, separated by commas; see {@link ClientAddresses}. */
  trustedProxies: string;
  consoleFolder: string;
  /** Empty: the first start makes a one-time link. */
  adminPassword: string;
  /** Where tokens for the launcher's agents go; empty: none are made. */
  tokenFolder: string;
  /** Host agents that enrol with the token in that folder. */
  tokenUses: number;
}

export interface Application {
  platform: Platform;
  services: Services;
  httpPort: number;
  agentPort: number;
  /** One-time link to set the admin's password, while there is none. */
  setupLink: string | undefined;
  /** Serves no new request, gives its jobs back, and lets go of everything. */
  stop(): Promise<void>;
}

const tokenMinutes = 15;

/**
 * Brings a management server up: migrates, starts the platform, listens.
 * @throws MigrationHistoryError for a database of a newer version; ConfigurationError; errors of ports that are taken
 */
export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const { log, clock } = options;
  const clientAddresses = new ClientAddresses(options.trustedProxies);
  const addresses = new PublicAddresses({
    publicUrl: options.publicUrl,
    listen: options.listen,
    agentUrl: options.agentPublicUrl,
    agentListen: options.agentListen,
  });
  const migrations = await applyMigrations(options.databaseUrl);
  if (migrations.length > 0) log.info({ migrations }, 'database migrated');

  const running = await startPlatform(options);
  const { platform } = running;
  const { db, sealing } = platform;
  const authority = await CertificateAuthority.open(db, sealing, clock);
  const gateway = new AgentGateway(platform, authority);
  const access = new AccessNotices(platform.bus);
  const watch = new AccessWatch(log);
  access.onChanged((change) => watch.accessChanged(change));
  // Whether a second factor is demanded decides what sessions without one may do.
  let demanded = platform.settings.get('second.factor.required');
  platform.settings.onRefreshed(() => {
    const now = platform.settings.get('second.factor.required');
    if (now !== demanded) watch.accessChanged({ isUnknown: true });
    demanded = now;
  });
  const { services, reconcilers } = createServices({
    platform,
    gateway,
    access,
    addresses,
  });
  const setupSecret = await ensureFirstUser(db, clock, options.adminPassword);
  await services.serviceOfferings.seed();
  await services.diskOfferings.seed();

  const ticketKeys = await sealing.platformSecret(db, 'tls-ticket-keys', () => randomBytes(48));
  const endpoint = new AgentEndpoint({
    gateway,
    authority,
    ticketKeys,
    host: options.agentListen,
    port: options.agentPort,
    log,
  });
  const health = new Health(db, platform.metrics);
  const limits = new RateLimits(platform);
  const http = new HttpServer({
    platform,
    services,
    schema: buildApiSchema(),
    access: watch,
    publicUrl: options.publicUrl,
    addresses: clientAddresses,
    limits,
    downloads: new AgentDownloads({
      enrolment: gateway.enrolment,
      installation: services.handInstallation,
      addresses: clientAddresses,
      limits,
      log,
    }),
    health,
    files: new StaticFiles(options.consoleFolder),
    host: options.listen,
    port: options.httpPort,
  });
  gateway.start();
  const agentPort = await endpoint.start();
  addresses.agentPort = agentPort;
  running.startJobs();
  for (const reconciler of reconcilers) reconciler.start();
  // How often they look may be a setting: a shorter time must not wait for the end of a longer one.
  platform.settings.onRefreshed(() => reconcilers.forEach((reconciler) => reconciler.lookSoon()));
  if (options.tokenFolder !== '') await writeTokens(gateway, options);
  const httpPort = await http.start();
  addresses.httpPort = httpPort;
  health.isServing = true;

  return {
    platform,
    services,
    httpPort,
    agentPort,
    setupLink: setupSecret && `${addresses.console}/setup#${setupSecret}`,
    stop: async () => {
      health.isServing = false;
      await http.stop();
      await Promise.all(reconcilers.map((reconciler) => reconciler.stop()));
      await gateway.stop();
      await endpoint.stop();
      await running.stop();
    },
  };
}

/** One token for each agent that the launcher starts; an agent that has its certificate leaves it lying. */
async function writeTokens(
  gateway: AgentGateway,
  { tokenFolder, tokenUses }: ApplicationOptions,
): Promise<void> {
  mkdirSync(tokenFolder, { recursive: true, mode: 0o700 });
  const usesOf = { HOST: tokenUses, STORAGE: 1 } satisfies Record<AgentKind, number>;
  for (const kind of ['HOST', 'STORAGE'] as const) {
    const uses = usesOf[kind];
    const { token } = await gateway.enrolment.createToken({ kind, uses, validMinutes: tokenMinutes });
    writeFileSync(path.join(tokenFolder, `${kind.toLowerCase()}.token`), `${token}\n`, { mode: 0o600 });
  }
}
