import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { readEnvironment } from '../environment.ts';
import { addRepositoryOptions, optionsOf, type RepositoryFlags } from '../options/global-options.ts';
import { storageOptions } from './storage-options.ts';

const flagsOf = async (args: string[]): Promise<RepositoryFlags> => {
  const program = addRepositoryOptions(new Command('octobox').enablePositionalOptions().exitOverride());
  program.configureOutput({ outputError: () => undefined });
  let flags: RepositoryFlags = {};
  const verb = addRepositoryOptions(program.command('verb').exitOverride());
  verb.configureOutput({ outputError: () => undefined });
  verb.action(() => {
    flags = optionsOf<RepositoryFlags>(verb);
  });
  await program.parseAsync(args, { from: 'user' });
  return flags;
};
const said: string[] = [];
const cli = (env: Record<string, string> = {}) =>
  ({ env: readEnvironment(env), out: { say: (line: string) => said.push(line) } }) as unknown as Parameters<
    typeof storageOptions
  >[0];

describe('what a storage is told by the command line', () => {
  it('adds up from both sides of the verb, above what the platform is configured with', async () => {
    const flags = await flagsOf([
      '-o',
      's3.region=a',
      '-o',
      's3.connections=3',
      'verb',
      '-o',
      'S3.Region = b=c',
    ]);
    const place = {
      options: new Map([
        ['s3.storage-class', 'STANDARD_IA'],
        ['s3.region', 'z'],
      ]),
    };
    assert.deepEqual(Object.fromEntries(storageOptions(cli(), flags, place).options ?? []), {
      's3.region': 'b=c',
      's3.connections': '3',
      's3.storage-class': 'STANDARD_IA',
    });
    await assert.rejects(flagsOf(['verb', '-o', 'nonsense']), /key=value/);
  });

  it('trusts the authority of option, environment or configuration, in this order', async () => {
    const flags = await flagsOf(['verb', '--cacert', 'a.pem']);
    const place = { certificateFile: 'c.pem' };
    assert.equal(storageOptions(cli({ RESTIC_CACERT: 'b.pem' }), flags, place).certificateFile, 'a.pem');
    assert.equal(storageOptions(cli({ RESTIC_CACERT: 'b.pem' }), {}, place).certificateFile, 'b.pem');
    assert.equal(storageOptions(cli(), {}, place).certificateFile, 'c.pem');
  });

  it('tells of every new attempt, unless told to be quiet', async () => {
    const notice = { error: { message: 'cut' }, attempt: 1, delayMs: 1500 } as unknown as Parameters<
      NonNullable<Exclude<ReturnType<typeof storageOptions>['retry'], false | undefined>['onRetry']>
    >[0];
    const told = (flags: RepositoryFlags & { quiet?: boolean }): string[] => {
      said.length = 0;
      const { retry } = storageOptions(cli(), flags);
      if (retry !== undefined && retry !== false) retry.onRetry?.(notice);
      return [...said];
    };
    assert.deepEqual(told({}), ['cut; trying again in 2 s']);
    assert.deepEqual(told({ quiet: true }), []);
  });
});
