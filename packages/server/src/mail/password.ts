import { ConfigError, type MailSettings, readSecretFile } from '../platform/index.ts';

/**
 * The password for the mail server; undefined when it asks for none.
 * @throws ConfigError when its file cannot be used, or has nothing in it
 */
export async function readMailPassword({ passwordFile }: MailSettings): Promise<string | undefined> {
  if (passwordFile === undefined) return undefined;
  const password = (await readSecretFile(passwordFile, 'the password of the mail server')).replace(
    /\r?\n$/,
    '',
  );
  if (password === '') {
    throw new ConfigError(
      { file: passwordFile },
      'is empty, and was to hold the password of the mail server',
      {
        advice:
          'Write the password into it, or take "mail.user" and "mail.passwordFile" out of octobox.yaml.',
      },
    );
  }
  return password;
}
