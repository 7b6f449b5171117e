export type { Config, OffSiteSettings, Retention } from './config.ts';
export { duration, fileSchema, parseConfigFile, wordsOf } from './config-file.ts';
export { databaseFile } from './database-settings.ts';
export {
  configFrom,
  type Environment,
  type LoadConfigOptions,
  loadConfig,
  parseListen,
} from './load-config.ts';
export type { MailSettings } from './mail-settings.ts';
export type { OidcSettings } from './oidc-settings.ts';
export type { AcmeSettings } from './tls-settings.ts';
export { utf8Text } from './utf8-text.ts';
export { type Locate, type Place, plain, readYaml, type YamlText } from './yaml-text.ts';
