import { appendFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog, loadConfig, openPlatform, type Platform, PortInUseError } from '@octobox/server';
import type { Company } from '../company/company.ts';
import type { Teller } from '../telling/teller.ts';
import type { Scene } from './scene.ts';
import { StepFailedError } from './step-failed.ts';

/** Where Octobox answers when nobody says otherwise and nobody else is there. */
export const usualAddress = '127.0.0.1:8420';

const schedule = 'every 1h';

/** Opens a platform of its own in the demo's folder; the user's configuration and environment stay out. */
export async function raisePlatform(folder: string, listen: string | undefined): Promise<Platform> {
  const dataFolder = join(folder, 'octobox');
  await mkdir(dataFolder, { mode: 0o700 });
  try {
    return await raiseAt(listen ?? usualAddress, dataFolder);
  } catch (error) {
    if (listen !== undefined || !(error instanceof PortInUseError)) throw error;
    return await raiseAt('127.0.0.1:0', dataFolder);
  }
}

/** The address is taken for good at once: between a look and the use of it another demo may come. */
async function raiseAt(listen: string, dataFolder: string): Promise<Platform> {
  const settings = {
    listen,
    page: { title: 'The Sample Shop' },
    // A company looks every minute; an audience has less patience.
    monitoring: { interval: '1s' },
    log: { level: 'warn' },
  };
  // YAML is a superset of JSON, and the platform reads its own file as any user's.
  await writeFile(join(dataFolder, 'octobox.yaml'), `${JSON.stringify(settings, undefined, 2)}\n`);
  const config = loadConfig({ env: {}, dataFolder });
  // A file of its own: log lines between the sentences would tell the story twice.
  const destination = { write: (line: string) => appendFileSync(join(dataFolder, 'octobox.log'), line) };
  const platform = await openPlatform(config, { log: createLog({ level: config.log.level, destination }) });
  try {
    await platform.startPages();
    await platform.repository.init();
  } catch (error) {
    await platform.stop();
    throw error;
  }
  return platform;
}

/** Starts the platform with its public page, and says where that is. */
export async function openPage(platform: Platform): Promise<string> {
  const { url } = await platform.start({ http: true });
  if (url === undefined) throw new StepFailedError('status page', 'the platform does not say where it is');
  return url;
}

/** The shop becomes a service with targets, its database and files become its protected sources. */
export async function setStage(options: {
  readonly company: Company;
  readonly platform: Platform;
  readonly teller: Teller;
  readonly url: string;
  readonly signal: AbortSignal;
}): Promise<Scene> {
  const { company, platform } = options;
  const { catalog } = platform;
  const service = await catalog.addService({
    ...{ name: 'Web shop', criticality: 'critical' },
    ...{ rpoSeconds: 3_600, rtoSeconds: 900 },
  });
  const { shop } = company;
  const location = shop.password === undefined ? shop.location : withPassword(shop.location, shop.password);
  const serviceId = service.id;
  return {
    ...options,
    sources: {
      database: await catalog.addSource({
        serviceId,
        kind: shop.kind,
        name: 'Shop database',
        location,
        schedule,
      }),
      files: await catalog.addSource({
        ...{ serviceId, kind: 'files', name: 'Shop files', location: company.website, schedule },
      }),
    },
  };
}

function withPassword(location: string, password: string): string {
  const url = new URL(location);
  url.password = encodeURIComponent(password);
  return url.href;
}
