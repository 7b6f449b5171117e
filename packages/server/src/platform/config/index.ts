export type { Config, OffSiteSettings, Retention } from './config.ts';
export { databaseFile } from './database-settings.ts';
export {
  configFrom,
  type Environment,
  type LoadConfigOptions,
  loadConfig,
  parseListen,
} from './load-config.ts';
