import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeyCommandSettings } from './settings.ts';

const run = promisify(execFile);
const library = '/usr/lib/softhsm/libsofthsm2.so';
const pin = '48151623';

export interface TemporaryToken extends AsyncDisposable {
  readonly folder: string;
  /** A new RSA key that never leaves the token, and what the configuration says of it. */
  makeKey(label: string): Promise<KeyCommandSettings>;
}

/** A PKCS#11 token (SoftHSM) that OpenSSL asks through its engine. */
export async function temporaryToken(): Promise<TemporaryToken> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-token-'));
  await mkdir(join(folder, 'tokens'));
  const configuration = join(folder, 'softhsm2.conf');
  await writeFile(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const pinFile = join(folder, 'pin');
  await writeFile(pinFile, pin, { mode: 0o600 });
  const own = { SOFTHSM2_CONF: configuration, PKCS11_MODULE_PATH: library };
  const env = { ...process.env, ...own };
  await run(
    'softhsm2-util',
    ['--init-token', '--free', '--label', 'octobox', '--pin', pin, '--so-pin', pin],
    {
      env,
    },
  );
  return {
    folder,
    async makeKey(label) {
      const tool = ['--module', library, '--token-label', 'octobox', '--login', '--pin', pin];
      await run('pkcs11-tool', [...tool, '--keypairgen', '--key-type', 'rsa:2048', '--label', label], {
        env,
      });
      const der = join(folder, `${label}.der`);
      await run('pkcs11-tool', [...tool, '--read-object', '--type', 'pubkey', '--label', label, '-o', der], {
        env,
      });
      const publicKeyFile = join(folder, `${label}.pub`);
      await run('openssl', ['pkey', '-pubin', '-inform', 'DER', '-in', der, '-out', publicKeyFile]);
      const uri = `pkcs11:token=octobox;object=${label};type=private?pin-source=file:${pinFile}`;
      return {
        command: [
          'openssl',
          ...['pkeyutl', '-decrypt', '-engine', 'pkcs11', '-keyform', 'engine', '-inkey', uri],
          ...oaep,
        ],
        publicKeyFile,
        environment: { PATH: String(process.env.PATH), ...own },
        timeoutSeconds: 120,
      };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'].flatMap((option) => [
  '-pkeyopt',
  option,
]);
