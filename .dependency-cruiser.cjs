/**
 * The walls of the house: who may import whom. A rule that no tool checks is a wish.
 * Rooms from the top floor down; each names the rooms it may use.
 */
const ground = ['kernel', 'config'];
const below = ['persistence', ...ground];
const floor = ['events', 'keys', 'tenants', ...below];
const middle = ['auth', 'connections', 'tokens', 'entities', 'directory', ...floor];

const mayUse = {
  'scim-core': [],
  kernel: [],
  config: ['kernel'],
  persistence: ground,
  events: below,
  keys: ['events', ...below],
  tenants: ['keys', 'events', ...below],
  directory: ['events', 'tenants', ...below],
  entities: ['directory', ...floor],
  tokens: ['entities', ...floor],
  connections: ['tokens', 'entities', ...floor],
  auth: ['tokens', 'entities', ...floor],
  edge: [...below],
  contract: ['scim-core', ...middle],
  oauth: ['edge', ...middle],
  scim: ['edge', 'scim-core', ...middle],
  'admin-api': ['edge', 'contract', ...middle],
  health: ['auth', ...below],
};

const roomRules = Object.entries(mayUse).map(([room, rooms]) => ({
  name: `${room}-stays-in-its-place`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...rooms].join('|')})/` },
}));

const owners = [
  { name: 'typeorm', packages: 'typeorm|@nestjs/typeorm|sqlite3|pg', from: '^src/(persistence/|.+[.](row|repository|module)[.]ts$)|^ormconfig' },
  { name: 'oidc-provider', packages: 'oidc-provider|@types/oidc-provider', from: '^src/oauth/' },
  { name: 'class-validator', packages: 'class-validator|class-transformer', from: '^src/(contract|config)/' },
  { name: 'argon2', packages: '@node-rs/argon2', from: '^src/directory/' },
];

const packageRules = owners.map(({ name, packages, from }) => ({
  name: `${name}-has-one-home`,
  severity: 'error',
  from: { path: '^src/', pathNot: from },
  to: { path: `(^|/)node_modules/(${packages})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '[.]spec[.]ts$|[.]d[.]ts$|^src/cli/rollcall[.]ts$' },
      to: {},
    },
    ...roomRules,
    ...packageRules,
    {
      name: 'provider-internals-in-one-file',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/oauth/provider-internals[.]ts$' },
      to: { path: 'node_modules/oidc-provider/lib/(?!index[.]js$)' },
    },
    {
      name: 'typeorm-internals-in-one-file',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/persistence/typeorm-internals[.]ts$' },
      to: { path: 'node_modules/typeorm/(?!index[.]|browser/)' },
    },
    {
      name: 'rows-and-repositories-are-private',
      comment: "Another room's rows and repositories are its own affair: ask its service.",
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/.+[.](row|repository)[.]ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'only-the-top-knows-the-app',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/cli/' },
      to: { path: '^src/[^/]+[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
