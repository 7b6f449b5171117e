/**
 * Every environment variable of the command, read in this one place. The names are restic's where restic
 * has one; the platform's own (`OCTOBOX_…`) are read by the platform's configuration.
 */
export interface Environment {
  readonly repository: string | undefined;
  readonly repositoryFile: string | undefined;
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  readonly passwordCommand: string | undefined;
  readonly layers: string | undefined;
  readonly layerKeys: string | undefined;
  readonly cryptPasswordFile: string | undefined;
  readonly ageRecipientsFile: string | undefined;
  readonly ageIdentityFile: string | undefined;
  readonly agePassphraseFile: string | undefined;
  /** Of a database that `protect` is given without one. */
  readonly postgresqlPassword: string | undefined;
  readonly host: string | undefined;
  /** A key file, or the beginning of its name, that is tried first. */
  readonly keyHint: string | undefined;
  /** Of a second repository that is read from. */
  readonly from: {
    readonly repository: string | undefined;
    readonly repositoryFile: string | undefined;
    readonly password: string | undefined;
    readonly passwordFile: string | undefined;
    readonly passwordCommand: string | undefined;
    readonly keyHint: string | undefined;
  };
  readonly compression: string | undefined;
  /** MiB */
  readonly packSize: string | undefined;
  /** Base folder of the caches. */
  readonly cacheFolder: string | undefined;
  /** PEM file of trusted certificate authorities. */
  readonly certificateFile: string | undefined;
  readonly readConcurrency: string | undefined;
  /** Progress updates a second; `undefined` leaves the choice to the kind of output. */
  readonly progressRate: number | undefined;
  readonly colour: boolean;
  /** Print stack traces with errors. */
  readonly debug: boolean;
  /** As given, for the platform's own configuration. */
  readonly all: Readonly<NodeJS.ProcessEnv>;
}

/** Variables that the repository verbs read, for their help texts. */
export const repositoryVariables = [
  'RESTIC_REPOSITORY',
  'RESTIC_REPOSITORY_FILE',
  'RESTIC_PASSWORD',
  'RESTIC_PASSWORD_FILE',
  'RESTIC_PASSWORD_COMMAND',
  'RESTIC_KEY_HINT',
  'RESTIC_COMPRESSION',
  'RESTIC_PACK_SIZE',
  'RESTIC_CACHE_DIR',
  'RESTIC_CACERT',
  'RESTIC_PROGRESS_FPS',
  'OCTOBOX_LAYERS',
  'OCTOBOX_LAYER_KEYS',
  'OCTOBOX_CRYPT_PASSWORD_FILE',
  'OCTOBOX_AGE_RECIPIENTS_FILE',
  'OCTOBOX_AGE_IDENTITY_FILE',
  'OCTOBOX_AGE_PASSPHRASE_FILE',
] as const;

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

export function readEnvironment(env: Readonly<NodeJS.ProcessEnv>): Environment {
  const rate = Number(env.RESTIC_PROGRESS_FPS ?? Number.NaN);
  return {
    repository: given(env.RESTIC_REPOSITORY),
    repositoryFile: given(env.RESTIC_REPOSITORY_FILE),
    password: given(env.RESTIC_PASSWORD),
    passwordFile: given(env.RESTIC_PASSWORD_FILE),
    passwordCommand: given(env.RESTIC_PASSWORD_COMMAND),
    layers: given(env.OCTOBOX_LAYERS),
    layerKeys: given(env.OCTOBOX_LAYER_KEYS),
    cryptPasswordFile: given(env.OCTOBOX_CRYPT_PASSWORD_FILE),
    ageRecipientsFile: given(env.OCTOBOX_AGE_RECIPIENTS_FILE),
    ageIdentityFile: given(env.OCTOBOX_AGE_IDENTITY_FILE),
    agePassphraseFile: given(env.OCTOBOX_AGE_PASSPHRASE_FILE),
    postgresqlPassword: given(env.PGPASSWORD),
    host: given(env.RESTIC_HOST),
    keyHint: given(env.RESTIC_KEY_HINT),
    from: {
      repository: given(env.RESTIC_FROM_REPOSITORY),
      repositoryFile: given(env.RESTIC_FROM_REPOSITORY_FILE),
      password: given(env.RESTIC_FROM_PASSWORD),
      passwordFile: given(env.RESTIC_FROM_PASSWORD_FILE),
      passwordCommand: given(env.RESTIC_FROM_PASSWORD_COMMAND),
      keyHint: given(env.RESTIC_FROM_KEY_HINT),
    },
    compression: given(env.RESTIC_COMPRESSION),
    packSize: given(env.RESTIC_PACK_SIZE),
    cacheFolder: given(env.RESTIC_CACHE_DIR),
    certificateFile: given(env.RESTIC_CACERT),
    readConcurrency: given(env.RESTIC_READ_CONCURRENCY),
    progressRate: Number.isFinite(rate) && rate > 0 ? Math.min(rate, 60) : undefined,
    colour: given(env.NO_COLOR) === undefined && env.TERM !== 'dumb',
    debug: given(env.OCTOBOX_DEBUG) !== undefined,
    all: env,
  };
}
