import { choice, count, optionalText, optionalUrl, port, secret, text, url } from './kernel/configuration.ts';

/**
 * Every environment variable that Nephos reads, by the process that reads it. What tenants and operators decide
 * while it runs are settings (server/platform/settings), not variables.
 */

const logLevel = choice({
  description: 'How much to log.',
  fallback: 'info',
  options: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
});

/** `npm start`: what a person sets to run everything on one machine. */
export const launcherVariables = {
  NEPHOS_DATA: text({
    description: 'Folder that holds everything: database, keys, disks, logs.',
    fallback: './.nephos',
  }),
  NEPHOS_LISTEN: text({
    description: 'Address that the console and the API listen on.',
    fallback: '127.0.0.1',
  }),
  NEPHOS_HTTP_PORT: port({ description: 'Port of the console and the API.', fallback: '8080' }),
  NEPHOS_AGENT_PORT: port({ description: 'Port that agents connect to, with TLS.', fallback: '8250' }),
  NEPHOS_DRIVER: choice({
    description: 'What the host agent drives; `auto` takes libvirt where it can run.',
    fallback: 'auto',
    options: ['auto', 'libvirt', 'simulator'],
  }),
  NEPHOS_VIRT_TYPE: choice({
    description:
      'How libvirt runs guests: `kvm`, `qemu` (emulated), or `auto`, which boots a probe to find out.',
    fallback: 'auto',
    options: ['auto', 'kvm', 'qemu'],
  }),
  NEPHOS_SIMULATED_HOSTS: count({
    description: 'Simulator: hosts in one process.',
    fallback: '1',
    from: 1,
    to: 20_000,
  }),
  NEPHOS_ADMIN_PASSWORD: secret({
    description:
      'Password of the first user `admin`, for scripts. Without it the first start prints a one-time link.',
  }),
  DATABASE_URL: secret({
    description: 'Your own PostgreSQL (15 or newer). Without it one is started in NEPHOS_DATA.',
  }),
  NEPHOS_LOG_LEVEL: logLevel,
};

/** The management server. */
export const serverVariables = {
  DATABASE_URL: url({
    description: 'The control database.',
    fallback: null,
    schemes: ['postgresql', 'postgres'],
  }),
  NEPHOS_LISTEN: launcherVariables.NEPHOS_LISTEN,
  NEPHOS_HTTP_PORT: launcherVariables.NEPHOS_HTTP_PORT,
  NEPHOS_AGENT_LISTEN: text({ description: 'Address that agents connect to.', fallback: '127.0.0.1' }),
  NEPHOS_AGENT_PORT: launcherVariables.NEPHOS_AGENT_PORT,
  NEPHOS_PUBLIC_URL: optionalText({
    description:
      'Address by which browsers reach the console, when it is not the listening one: `https://cloud.example.com`.',
  }),
  NEPHOS_AGENT_PUBLIC_URL: optionalUrl({
    description:
      'Address by which agents reach port 8250, when it is neither the name in `NEPHOS_PUBLIC_URL` nor an address of the server itself: `wss://agents.example.com:8250`.',
    schemes: ['wss'],
  }),
  NEPHOS_TRUSTED_PROXIES: optionalText({
    description:
      'Networks of the reverse proxies whose `X-Forwarded-For` is believed, separated by commas: `10.0.0.0/8`. Without it the address of a client is that of its connection.',
  }),
  NEPHOS_MASTER_KEY_FILE: text({
    description:
      'File with the key that seals secrets in the database; made at the first start. Every server needs the same.',
    fallback: './.nephos/master.key',
  }),
  NEPHOS_ADMIN_PASSWORD: launcherVariables.NEPHOS_ADMIN_PASSWORD,
  NEPHOS_TOKEN_FOLDER: optionalText({
    description:
      'Folder into which the server writes a fresh enrolment token for each agent that the launcher starts.',
  }),
  NEPHOS_TOKEN_USES: count({
    description: 'Host agents that enrol with the token in that folder.',
    fallback: '1',
    from: 1,
    to: 20_000,
  }),
  NEPHOS_CONSOLE_FOLDER: text({ description: 'Folder of the built console.', fallback: './console/build' }),
  NEPHOS_DATABASE_CONNECTIONS: count({
    description: 'Most connections that one server opens to the database.',
    fallback: '24',
    from: 4,
    to: 500,
  }),
  NEPHOS_JOB_CONCURRENCY: count({
    description: 'Jobs that one server works on at a time.',
    fallback: '200',
    from: 1,
    to: 10_000,
  }),
  NEPHOS_LEASE_SECONDS: count({
    description: 'How long a silent server keeps its jobs before another takes them over.',
    fallback: '15',
    from: 2,
    to: 600,
  }),
  NEPHOS_PARK_AT: optionalText({
    description:
      'Fault tests only: `saga:step` after whose persisting the server does nothing more for that job; `:acted`, `:undoActed` and `:undone` name the other moments, commas separate several.',
  }),
  NEPHOS_LOG_LEVEL: logLevel,
};

const agentVariables = {
  NEPHOS_SERVER_URL: url({
    description: 'The agent port of a management server, or of the load balancer before them.',
    fallback: 'wss://127.0.0.1:8250',
    schemes: ['wss'],
  }),
  NEPHOS_AGENT_FOLDER: text({
    description: 'Where the agent keeps its key and its journal.',
    fallback: '/var/lib/nephos',
  }),
  NEPHOS_AGENT_NAME: optionalText({
    description: 'Name under which operators see it; the host name when empty.',
  }),
  NEPHOS_ENROLMENT_TOKEN_FILE: optionalText({
    description: 'File with a one-time token; needed once, until the agent has its certificate.',
  }),
  NEPHOS_LOG_LEVEL: logLevel,
};

/** The host agent. */
export const hostAgentVariables = {
  ...agentVariables,
  NEPHOS_DRIVER: choice({
    description: 'What it drives.',
    fallback: 'libvirt',
    options: ['libvirt', 'simulator'],
  }),
  NEPHOS_LIBVIRT_SOCKET: text({ description: 'Socket of libvirtd.', fallback: '/run/libvirt/libvirt-sock' }),
  NEPHOS_RUN_FOLDER: text({
    description: 'Folder for console sockets and DHCP files; short, since socket paths end at 107 bytes.',
    fallback: '/run/nephos',
  }),
  NEPHOS_NETWORK_NAMESPACE: optionalText({
    description: "Named network namespace in which libvirt's bridges are, when it is not the agent's own.",
  }),
  NEPHOS_VIRT_TYPE: launcherVariables.NEPHOS_VIRT_TYPE,
  NEPHOS_MIGRATION_ADDRESS: optionalText({
    description:
      'Address of this host by which other hosts send it running machines; when empty, the one that it reaches the server from.',
  }),
  NEPHOS_MIGRATION_PORT: port({
    description:
      'Port for that, with TLS, open only while a machine is expected. 0 takes any that is free, and allows several simulated hosts.',
    fallback: '0',
  }),
  NEPHOS_SIMULATED_HOSTS: launcherVariables.NEPHOS_SIMULATED_HOSTS,
  NEPHOS_SIMULATED_TIME: choice({
    description: 'Simulator: `auto` acts by itself, `stepped` when the parent process says so.',
    fallback: 'auto',
    options: ['auto', 'stepped'],
  }),
  NEPHOS_SIMULATED_STATE: choice({
    description:
      'Simulator: `keep` machines in a file when the process ends, as a real host keeps them, or `forget` them.',
    fallback: 'keep',
    options: ['keep', 'forget'],
  }),
  NEPHOS_SIMULATED_CORES: count({
    description: 'Simulator: cores of each host.',
    fallback: '32',
    from: 1,
    to: 1024,
  }),
  NEPHOS_SIMULATED_MEMORY_MIB: count({
    description: 'Simulator: memory of each host, in MiB.',
    fallback: '131072',
    from: 256,
    to: 67_108_864,
  }),
};

/** The storage agent. */
export const storageAgentVariables = agentVariables;

/** `npm run audit:verify`: where to look, given as to what runs there. */
export const auditVerifyVariables = {
  NEPHOS_DATA: launcherVariables.NEPHOS_DATA,
  DATABASE_URL: launcherVariables.DATABASE_URL,
  NEPHOS_MASTER_KEY_FILE: optionalText({
    description: 'File with the master key, when it is not the one in NEPHOS_DATA.',
  }),
};

/** The usage daemon. */
export const usageVariables = {
  DATABASE_URL: serverVariables.DATABASE_URL,
  NEPHOS_MASTER_KEY_FILE: text({
    description:
      'File with the master key of the servers; needed to send files of usage to buckets and webhooks, whose secrets it opens.',
    fallback: './.nephos/master.key',
  }),
  NEPHOS_EXPORT_FOLDER: optionalText({
    description:
      'Folder below which export schedules may have files of usage written on this machine; without it they may not.',
  }),
  NEPHOS_PARK_AT: optionalText({
    description:
      'Fault tests only: where the daemon does nothing more: `period:3`, after the third statement that closes a period, `period:closed` before and `period:committed` after that is committed, `request:finished` after a request.',
  }),
  NEPHOS_LOG_LEVEL: logLevel,
};
