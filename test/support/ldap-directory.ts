import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

export const peopleDn = 'ou=people,dc=example,dc=org';
export const groupsDn = 'ou=groups,dc=example,dc=org';
export const searchDn = 'cn=search,dc=example,dc=org';
export const searchPassword = 'looks people up';

/** OpenLDAP's own server, of this test alone. */
export interface RunningDirectory extends AsyncDisposable {
  /** `ldap://…`, in clear or with StartTLS. */
  url: string;
  /** `ldaps://…` */
  tlsUrl: string;
  /** PEM of the authority that signed its certificate. */
  certificateAuthority: string;
}

export interface DirectoryPerson {
  /** Left of the base: `uid=lin,ou=people`. */
  place: string;
  uid: string;
  password: string;
  groups?: string[];
}

/** Debian's, where administrators' programs are not on everybody's PATH. */
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

function run(program: string, args: string[], input?: string): void {
  const { status, stderr, error } = spawnSync(program, args, { env, input, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

/** Only the search entry reads; people can do no more than show who they are. */
function configuration(folder: string): string {
  return `dn: cn=config
objectClass: olcGlobal
cn: config
olcTLSCertificateFile: ${folder}/server.crt
olcTLSCertificateKeyFile: ${folder}/server.key
olcTLSCACertificateFile: ${folder}/server.crt

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif
include: file:///etc/ldap/schema/cosine.ldif
include: file:///etc/ldap/schema/inetorgperson.ldif

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcDbDirectory: ${folder}/data
olcSuffix: dc=example,dc=org
olcAccess: to attrs=userPassword by anonymous auth by * none
olcAccess: to * by dn.exact="${searchDn}" read by * none
`;
}

function entries(people: readonly DirectoryPerson[]): string {
  const units = new Set([
    'people',
    'groups',
    ...people.flatMap(({ place }) => /ou=(\w+)/.exec(place)?.[1] ?? []),
  ]);
  const groups = Map.groupBy(
    people.flatMap(({ place, groups: names = [] }) => names.map((name) => ({ name, place }))),
    ({ name }) => name,
  );
  return [
    'dn: dc=example,dc=org\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example',
    `dn: ${searchDn}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: search\nuserPassword: ${searchPassword}`,
    ...[...units].map(
      (unit) => `dn: ou=${unit},dc=example,dc=org\nobjectClass: organizationalUnit\nou: ${unit}`,
    ),
    ...people.map(
      ({ place, uid, password }) =>
        `dn: ${place},dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: Person ${uid}\nsn: ${uid}\nmail: ${uid}@example.org\nuserPassword: ${password}`,
    ),
    ...[...groups].map(
      ([name, members]) =>
        `dn: cn=${name},${groupsDn}\nobjectClass: groupOfNames\ncn: ${name}\n${members
          .map(({ place }) => `member: ${place},dc=example,dc=org`)
          .join('\n')}`,
    ),
  ].join('\n\n');
}

/** Starts slapd on loopback, in a folder of its own, with these people. */
export async function startDirectory(people: readonly DirectoryPerson[]): Promise<RunningDirectory> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-slapd-'));
  chmodSync(folder, 0o700);
  for (const name of ['config', 'data']) mkdirSync(path.join(folder, name));
  run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=directory'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', path.join(folder, 'server.key'), '-out', path.join(folder, 'server.crt')],
  ]);
  const add = (name: string, database: string, ldif: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, ldif);
    run('slapadd', ['-F', path.join(folder, 'config'), '-n', database, '-l', file]);
  };
  add('config.ldif', '0', configuration(folder));
  add('entries.ldif', '1', entries(people));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`;
  // With a level of debugging, even none, it stays in the foreground.
  const slapd = spawn('slapd', ['-d', '0', '-F', path.join(folder, 'config'), '-h', `${url} ${tlsUrl}`], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => slapd.once('close', () => resolve()));
  await eventually(
    () => isListening(tlsPort),
    (is) => is || slapd.exitCode !== null,
  );
  if (slapd.exitCode !== null) throw new Error(`slapd ended with ${slapd.exitCode}`);
  return {
    url,
    tlsUrl,
    certificateAuthority: readFileSync(path.join(folder, 'server.crt'), 'utf8'),
    async [Symbol.asyncDispose]() {
      slapd.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
