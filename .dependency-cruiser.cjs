/**
 * The directions between the rooms; breaking one is a lint error.
 * Parsed with swc, because TypeScript 7 offers no compiler API that dependency-cruiser knows.
 */
const { Visitor } = require('@swc/core/Visitor.js');

// swc parses `using` and `await using`, but its visitor does not know them; what they hold is visited like a `const`.
const visitStatement = Visitor.prototype.visitStatement;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

const workspace = (names) => `^packages/(${names})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'storage-stands-alone',
      severity: 'error',
      from: { path: workspace('storage') },
      to: { path: workspace('repository|sources|rest-server|recovery-kit|server|cli') },
    },
    {
      name: 'repository-uses-storage-only',
      severity: 'error',
      from: { path: workspace('repository') },
      to: { path: workspace('sources|rest-server|recovery-kit|server|cli') },
    },
    {
      name: 'sources-stand-alone',
      severity: 'error',
      from: { path: workspace('sources') },
      to: { path: workspace('storage|repository|rest-server|recovery-kit|server|cli') },
    },
    {
      name: 'recovery-kit-uses-storage-only',
      severity: 'error',
      from: { path: workspace('recovery-kit') },
      to: { path: workspace('repository|sources|rest-server|server|cli') },
    },
    {
      name: 'rest-server-uses-storage-only',
      severity: 'error',
      from: { path: workspace('rest-server') },
      to: { path: workspace('repository|sources|recovery-kit|server|cli') },
    },
    {
      name: 'server-takes-certificates-alone-from-the-rest-server',
      severity: 'error',
      from: { path: workspace('server') },
      to: { path: workspace('rest-server'), pathNot: '^packages/rest-server/src/certificate/index\\.ts$' },
    },
    {
      name: 'server-is-below-cli',
      severity: 'error',
      from: { path: workspace('server') },
      to: { path: workspace('cli') },
    },
    {
      name: 'console-knows-the-api-by-its-document-alone',
      comment: 'What it knows of the API is written into src/api/operations.ts by the server.',
      severity: 'error',
      from: { path: workspace('console') },
      to: { path: workspace('storage|repository|sources|rest-server|recovery-kit|server|cli') },
    },
    {
      name: 'nobody-uses-the-console',
      severity: 'error',
      from: { path: '^(packages/(?!console/)|benchmarks/)' },
      to: { path: workspace('console') },
    },
    {
      name: 'screens-stand-beside-each-other',
      comment: 'What two screens of the console share is one of its parts, or the way it asks the API.',
      severity: 'error',
      from: { path: '^packages/console/src/screens/([^/]+)/' },
      to: { path: '^packages/console/src/screens/', pathNot: '^packages/console/src/screens/$1/' },
    },
    {
      name: 'parts-and-api-know-no-screen',
      severity: 'error',
      from: { path: '^packages/console/src/(parts|api)/' },
      to: { path: '^packages/console/src/(screens|shell)/' },
    },
    {
      name: 'packages-through-their-index',
      comment: 'A package is used through its index.ts (or a named export of its package.json) only.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/[^/]+/(src|test)/',
        pathNot: [
          '^packages/$1/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/[^/]+/src/(testing|record|sealing|certificate)/index\\.ts$',
          '^packages/(repository|storage)/src/doors/[^/]+\\.ts$',
        ],
      },
    },
    {
      name: 'rooms-through-their-index',
      comment: 'A room of the server is used by other rooms through its index.ts only.',
      severity: 'error',
      from: { path: '^packages/server/src/(?!testing/)([^/]+)/' },
      to: {
        path: '^packages/server/src/[^/]+/.+',
        pathNot: [
          '^packages/server/src/$1/',
          '^packages/server/src/[^/]+/index\\.ts$',
          '^packages/server/src/[^/]+/schema\\.ts$',
          '^packages/server/src/testing/',
        ],
      },
    },
    {
      name: 'platform-knows-no-room',
      severity: 'error',
      from: { path: '^packages/server/src/platform/' },
      to: { path: '^packages/server/src/(?!platform/)[^/]+/', pathNot: '(schema\\.ts$|/testing/)' },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'Temporary databases and servers, and clocks that are moved: no part of the product.',
      severity: 'error',
      from: { path: '^packages/server/src/', pathNot: '(\\.test|-stage|-contract)\\.ts$|/testing/' },
      to: { path: '^packages/server/src/testing/' },
    },
    {
      name: 'audit-knows-platform-alone',
      severity: 'error',
      from: { path: '^packages/server/src/audit/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(?!audit/|platform/)[^/]+/' },
    },
    {
      name: 'access-knows-platform-and-identity',
      severity: 'error',
      from: { path: '^packages/server/src/access/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(?!access/|identity/|platform/)[^/]+/' },
    },
    {
      name: 'identity-knows-platform-audit-and-vault',
      severity: 'error',
      from: { path: '^packages/server/src/identity/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(?!identity/|audit/|vault/|platform/)[^/]+/' },
    },
    {
      name: 'catalog-knows-platform-audit-and-vault',
      severity: 'error',
      from: { path: '^packages/server/src/catalog/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(?!catalog/|audit/|vault/|platform/)[^/]+/' },
    },
    {
      name: 'credentials-know-platform-access-audit-identity-and-vault',
      severity: 'error',
      from: { path: '^packages/server/src/credentials/', pathNot: '(\\.test|-stage)\\.ts$' },
      to: { path: '^packages/server/src/(?!credentials/|access/|audit/|identity/|vault/|platform/)[^/]+/' },
    },
    {
      name: 'declaration-knows-platform-audit-and-catalog',
      severity: 'error',
      from: {
        path: '^packages/server/src/declaration/',
        pathNot: '(\\.test|/declaration-stage)\\.ts$',
      },
      to: { path: '^packages/server/src/(?!declaration/|audit/|catalog/|platform/)[^/]+/' },
    },
    {
      name: 'accounts-know-platform-access-audit-identity-vault-and-mail',
      severity: 'error',
      from: { path: '^packages/server/src/accounts/', pathNot: '(\\.test|-stage)\\.ts$' },
      to: {
        path: '^packages/server/src/(?!accounts/|access/|audit/|identity/|vault/|mail/|platform/)[^/]+/',
      },
    },
    {
      name: 'mail-knows-platform-and-vault',
      severity: 'error',
      from: { path: '^packages/server/src/mail/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/server/src/(?!mail/|vault/|platform/)[^/]+/' },
    },
    {
      name: 'webauthn-is-loaded-late',
      comment: 'It brings ASN.1 along: passkeys.ts imports it with the first passkey.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/server/src/accounts/passkeys/passkeys\\.ts$' },
      to: { path: '(^|/)node_modules/@simplewebauthn/' },
    },
    {
      name: 'openid-client-is-loaded-late',
      comment: 'Loaded by the first who signs in at an identity provider.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/server/src/accounts/oidc/oidc\\.ts$' },
      to: { path: '(^|/)node_modules/openid-client/' },
    },
    {
      name: 'nodemailer-is-loaded-late',
      comment: 'Most processes send no mail: smtp.ts imports it with the first one.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/server/src/mail/smtp\\.ts$' },
      to: { path: '(^|/)node_modules/nodemailer/' },
    },
    {
      name: 'api-is-loaded-late',
      comment:
        'Its shapes cost 150 ms and 25 MB: api/index.ts imports the rest of the room with the first request for it.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/server/src/api/' },
      to: { path: '(^|/)node_modules/@hono/zod-openapi/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'console-room-stands-alone',
      severity: 'error',
      from: { path: '^packages/server/src/console/' },
      to: { path: '^packages/server/src/(?!console/)' },
    },
    {
      name: 'nobody-knows-the-api',
      severity: 'error',
      from: {
        path: '^packages/server/src/(?!api/)[^/]+/',
        pathNot: '^packages/server/src/platform/database/',
      },
      to: { path: '^packages/server/src/api/' },
    },
    {
      name: 'better-auth-is-loaded-late',
      comment:
        'It costs a third of a second and 18 MB: what needs it imports better-auth.ts when it is needed.',
      severity: 'error',
      from: {
        path: '^packages/',
        pathNot: '^packages/server/src/accounts/(better-auth|account-adapter|begin-session)\\.ts$',
      },
      to: { path: '(^|/)node_modules/(@better-auth|better-auth)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^packages/(?!console/)[^/]+/src', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(testdata|assembly|dist)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
