import { type MailSettings, readSecretLine } from '../platform/index.ts';

/**
 * The password for the mail server; undefined when it asks for none.
 * @throws ConfigError when its file cannot be used
 */
export async function readMailPassword({ passwordFile }: MailSettings): Promise<string | undefined> {
  return passwordFile === undefined
    ? undefined
    : await readSecretLine(passwordFile, 'the password of the mail server');
}
