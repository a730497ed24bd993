import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { Libvirt } from './connection.ts';
import { getDomainInfo, listDomains } from './domain.ts';
import { ConnectionFailedError } from './errors.ts';
import { takeScreenshot } from './guest.ts';
import { getUri } from './node.ts';
import type { TlsAddress } from './transport.ts';

// A daemon that listens with TLS on the loopback interface, with certificates of a CA that exists for this test.

const run = promisify(execFile);

let folder: string;
let port: number;
let daemon: ChildProcess;

/** Makes a key and a certificate for it, signed by `ca`, or by itself. */
async function issue(name: string, subject: string, ca?: string): Promise<void> {
  const file = (ending: string) => path.join(folder, `${name}.${ending}`);
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('crt'), '-days', '2'];
  const usage = ca
    ? [
        '-CA',
        path.join(folder, `${ca}.crt`),
        '-CAkey',
        path.join(folder, `${ca}.key`),
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      ]
    : ['-addext', 'keyUsage=keyCertSign'];
  await run('openssl', ['req', '-x509', ...key, '-subj', `/CN=${subject}`, ...usage]);
}

async function address(client: string, ca = 'ca'): Promise<TlsAddress> {
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');
  const [cert, key, trusted] = [
    await read(`${client}.crt`),
    await read(`${client}.key`),
    await read(`${ca}.crt`),
  ];
  return { tls: { host: '127.0.0.1', port, ca: trusted, cert, key } };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tls-libvirt-'));
  for (const ca of ['ca', 'other-ca']) await issue(ca, ca);
  await issue('server', '127.0.0.1', 'ca');
  await issue('client', 'client', 'ca');
  await issue('stranger', 'stranger', 'other-ca');
  port = await freePort();
  await mkdir(path.join(folder, 'run'));
  await writeFile(
    path.join(folder, 'libvirtd.conf'),
    [
      'listen_tls = 1',
      'listen_tcp = 0',
      'listen_addr = "127.0.0.1"',
      `tls_port = "${port}"`,
      `ca_file = "${folder}/ca.crt"`,
      `cert_file = "${folder}/server.crt"`,
      `key_file = "${folder}/server.key"`,
      'host_uuid = "6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7a05"',
    ].join('\n'),
  );
  // An ordinary user's daemon keeps its files where it is told to; root's would use the host's own folders.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run('chown', ['-R', 'nobody', folder]);
  await chmod(folder, 0o755);
  const become = isRoot ? ['setpriv', '--reuid', 'nobody', '--clear-groups', '--regid', 'nogroup'] : [];
  const command = [...become, 'libvirtd', '--listen', '--config', path.join(folder, 'libvirtd.conf')];
  daemon = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: folder,
      XDG_RUNTIME_DIR: path.join(folder, 'run'),
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: folder,
      XDG_DATA_HOME: folder,
    },
  });
  let said = '';
  daemon.stderr?.on('data', (text) => (said += String(text)));
  const server = await address('client');
  const open = async () => Libvirt.open({ ...server, uri: 'test:///default' });
  const opened = await vi.waitFor(open, { timeout: 10_000 }).catch((error: unknown) => {
    throw new Error(`the daemon does not listen: ${said}`, { cause: error });
  });
  await opened.close();
});

afterAll(async () => {
  if (daemon.exitCode === null && daemon.kill()) await once(daemon, 'exit');
  await rm(folder, { recursive: true, force: true });
});

it('carries calls and streams', async () => {
  await using libvirt = await Libvirt.open({ ...(await address('client')), uri: 'test:///default' });
  expect(await getUri(libvirt)).toBe('test:///default');
  const [domain] = await listDomains(libvirt);
  const infos = await Promise.all(Array.from({ length: 300 }, () => getDomainInfo(libvirt, domain!)));
  expect(infos.every(({ state }) => state === 'RUNNING')).toBe(true);
  const { mimeType, data } = await takeScreenshot(libvirt, domain!);
  expect(mimeType).toBe('image/png');
  // The whole of a picture that takes several packets, to its last chunk.
  expect(data.subarray(-8, -4).toString()).toBe('IEND');
});

it('refuses a daemon whose certificate somebody else has signed', async () => {
  const attempt = Libvirt.open({ ...(await address('client', 'other-ca')), uri: 'test:///default' });
  await expect(attempt).rejects.toThrow(ConnectionFailedError);
  await expect(attempt).rejects.toThrow(/certificate/);
});

it('says so when the daemon does not accept our certificate', async () => {
  const attempt = Libvirt.open({ ...(await address('stranger')), uri: 'test:///default' });
  await expect(attempt).rejects.toThrow(ConnectionFailedError);
});

it('gives up on a port that does not speak TLS', async () => {
  const server = net.createServer((socket) => socket.end('hello\r\n')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { tls } = await address('client');
  const { port: other } = server.address() as net.AddressInfo;
  const attempt = Libvirt.open({ tls: { ...tls, port: other }, uri: 'test:///default' });
  await expect(attempt).rejects.toThrow(ConnectionFailedError);
  server.close();
});
