export type { Config, OffSiteSettings, Retention } from './config.ts';
export {
  configFrom,
  type Environment,
  type LoadConfigOptions,
  loadConfig,
  parseListen,
} from './load-config.ts';
