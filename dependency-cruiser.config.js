/**
 * Who may import whom. Features meet at each other's services, stores, types, errors and schema references; what is
 * inside a feature (sagas, state machines) is its own.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const isTest = '([.]test|/test-[a-z-]+)[.]ts$';

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two modules that need each other are one module, or hide a third. A branch of a tree holds branches.',
      severity: 'error',
      from: { pathNot: '/DomainBranch[.]svelte$' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      comment: 'An import that leads nowhere.',
      from: {},
      to: { couldNotResolve: true, pathNot: '/generated/' },
    },
    {
      name: 'kernel-is-pure',
      comment:
        'The kernel of the model (ids, units, clock, configuration) is for every process: it imports nothing of ours.',
      severity: 'error',
      from: { path: '^prisma/kernel/', pathNot: isTest },
      to: { path: '^(prisma/(?!kernel/)|server/|agents/|usage/|console/|scripts/|test/)' },
    },
    {
      name: 'model-is-a-leaf',
      severity: 'error',
      comment: 'The model knows no process.',
      from: { path: '^prisma/', pathNot: isTest },
      to: { path: '^(server|agents|usage|console|scripts|test)/' },
    },
    {
      name: 'protocol-is-a-leaf',
      severity: 'error',
      comment: 'Both ends of the wire import the protocol; of ours it imports the kernel alone.',
      from: { path: '^agents/protocol/', pathNot: isTest },
      to: { path: '^(prisma/(?!kernel/)|server/|usage/|console/|scripts/|test/|agents/(?!protocol/))' },
    },
    {
      name: 'libvirt-client-stands-alone',
      severity: 'error',
      comment: 'node-libvirt is a library of its own.',
      from: { path: '^agents/node-libvirt/', pathNot: isTest },
      to: { path: '^(prisma|server|usage|console|scripts|test|agents/(?!node-libvirt/))' },
    },
    {
      name: 'agents-know-no-server',
      severity: 'error',
      comment: 'Agents speak to the server through the protocol, and never see its database.',
      from: { path: '^agents/', pathNot: isTest },
      to: { path: '^(server|usage|console|scripts|test)/|^prisma/(?!kernel/|configuration[.]ts)' },
    },
    {
      name: 'server-knows-no-agent',
      severity: 'error',
      comment: 'The server reaches agents through the gateway and the protocol.',
      from: { path: '^server/', pathNot: isTest },
      to: {
        path: '^(agents/(?!protocol/)|usage/(?!rate/|export/file/|export/focus/schema/|usage-types[.]ts)|console|scripts|test)/',
      },
    },
    {
      name: 'rating-is-pure',
      comment:
        'The server tells prices beforehand by the very functions that rate: they read and write nothing.',
      severity: 'error',
      from: { path: '^usage/rate/', pathNot: isTest },
      to: { path: '^(usage/(?!rate/|usage-types[.]ts)|prisma/(?!kernel/|shapes/|generated/enums[.]ts))' },
    },
    {
      name: 'usage-knows-no-server',
      severity: 'error',
      comment: 'Usage reads events from the database and needs no management server.',
      from: { path: '^usage/', pathNot: isTest },
      to: { path: '^(server|agents|console|scripts|test)/' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      comment: 'Jobs, sagas, the change feed and settings serve features; they name none.',
      from: { path: '^server/platform/', pathNot: isTest },
      to: {
        path: '^server/(?!platform/)',
      },
    },
    {
      name: 'schema-is-the-edge',
      severity: 'error',
      comment: 'Services and stores do not know how they are shown.',
      from: { path: '/(service|store|state-machine)[.]ts$' },
      to: { path: '^server/.*schema[.]ts$' },
    },
    {
      name: 'sagas-are-private',
      severity: 'error',
      comment: "A saga is started through its feature's service.",
      from: {
        path: '^server/([^/]+)/',
        pathNot: [isTest, '^server/(create-services|start-platform|application)[.]ts$'],
      },
      to: { path: '^server/.+/sagas/', pathNot: '^server/$1/' },
    },
    {
      name: 'console-knows-the-schema-only',
      severity: 'error',
      comment: 'The console is one more client of the API.',
      from: { path: '^console/' },
      to: { path: '^(server/.*[.]ts$|agents|usage|prisma|scripts|test)/' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      comment: 'What is shipped imports nothing that is only for tests.',
      from: {
        path: '^(server|agents|usage|prisma|scripts)/',
        pathNot: [isTest, '^scripts/(bench|bite|screenshots|tutorial)'],
      },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules/[.]|build/|[.]svelte-kit/|[.]nephos|[.]cache)' },
    includeOnly: '^(server|agents|usage|prisma|scripts|test|console/src)/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
