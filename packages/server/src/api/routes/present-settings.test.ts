import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configFrom } from '../../platform/index.ts';
import { settingsShape } from '../shapes/settings.ts';
import { presentSettings } from './present-settings.ts';

const text = `
publicUrl: https://status.example.com
console: { url: https://octobox.example.com, trustedProxies: [10.0.0.0/8], allowFrom: [10.1.0.0/16] }
database: { location: postgres://octo@db.internal:5433/octobox, passwordFile: canary-database }
repository:
  location: rest:https://canary-user:canary@pass@backup.example:8000/shop/
  passwordFile: canary-password
  layerKeys: canary-keys
  agePassphraseFile: canary-passphrase
  certificateFile: canary-authorities.pem
  options: { rest.connections: 7 }
  place: Montréal, Canada
offsite:
  paris:
    location: s3:https://s3.example/backups
    environmentFile: canary-environment
    layerKeys: canary-more-keys
    keepDeleted: 30d
    place: Paris, France
audit: { keep: 2y, hold: ['user:ada'] }
signIn:
  oidc:
    issuer: https://login.example.com
    clientId: canary-client
    clientSecretFile: canary-oidc
    name: Example Ltd
    allowedDomains: [example.com]
    required: true
tls: { certificateFile: canary-certificate, keyFile: canary-key, redirectFrom: 0.0.0.0:80 }
vault: { keyCommand: { command: [canary-command], publicKeyFile: /canary.pub } }
`;

describe('the settings that the API shows', () => {
  it('are what is configured, without a secret and without the path of one', () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'canary-secret', DATABASE_PASSWORD: 'canary-env' };
    const config = configFrom({ env, dataFolder: '/data', file: { path: '/data/octobox.yaml', text } });
    const shown = presentSettings(config);
    assert.deepEqual(settingsShape.parse(shown), shown);
    assert.doesNotMatch(JSON.stringify(shown), /canary/);
    assert.equal(shown.repository.location, 'rest:https://backup.example:8000/shop/');
    assert.deepEqual(shown.database, {
      kind: 'postgresql',
      host: 'db.internal',
      port: 5433,
      database: 'octobox',
    });
    const [paris] = shown.offsite;
    assert.deepEqual(
      [paris?.name, paris?.place, paris?.keepDeletedSeconds],
      ['paris', 'Paris, France', 2_592_000],
    );
    assert.deepEqual(shown.console.trustedProxies, ['10.0.0.0/8']);
    assert.deepEqual(shown.console.allowFrom, ['10.1.0.0/16']);
    assert.deepEqual(shown.audit, { keepSeconds: 730 * 86_400, hold: ['user:ada'] });
    assert.deepEqual(shown.signIn, {
      oidc: {
        issuer: 'https://login.example.com',
        name: 'Example Ltd',
        allowedDomains: ['example.com'],
        required: true,
      },
    });
    assert.deepEqual(shown.tls, { certificate: 'files', redirectFrom: { host: '0.0.0.0', port: 80 } });
    assert.deepEqual(shown.vault, { key: 'command' });
  });
});
