import type { z } from '@hono/zod-openapi';
import {
  type Config,
  type DatabaseSettings,
  type MailSettings,
  withoutSecrets,
} from '../../platform/index.ts';
import { given } from '../shapes/given.ts';
import type { settingsShape } from '../shapes/settings.ts';

/** What is configured, named field by field: a setting that comes later, or a secret, is in here only if it is put here. */
export function presentSettings(config: Config): z.output<typeof settingsShape> {
  const { role, listen, publicUrl, console, database, repository, place, offsite, retention } = config;
  const { audit, signIn, tls, vault } = config;
  const { api, network, page, monitoring, schedules, jobs, log } = config;
  return {
    role,
    listen: { host: listen.host, port: listen.port },
    ...given({ publicUrl }),
    console: {
      listen: { host: console.listen.host, port: console.listen.port },
      ...given({ url: console.url, allowFrom: console.allowFrom?.slice() }),
      trustedProxies: [...console.trustedProxies],
    },
    database: presentDatabase(database),
    repository: {
      location: shownLocation(repository.location),
      ...given({ place }),
      layers: repository.layers,
    },
    offsite: offsite.map((each) => ({
      name: each.name,
      location: shownLocation(each.location),
      layers: each.layers,
      verify: each.verify,
      ...given({
        place: each.place,
        keepDeletedSeconds: each.keepDeletedSeconds,
        retainSeconds: each.retainSeconds,
        maxAgeSeconds: each.maxAgeSeconds,
        limitUpload: each.limitUpload,
        limitDownload: each.limitDownload,
      }),
    })),
    retention: {
      keepLast: retention.keepLast,
      keepHourly: retention.keepHourly,
      keepDaily: retention.keepDaily,
      keepWeekly: retention.keepWeekly,
      keepMonthly: retention.keepMonthly,
      keepYearly: retention.keepYearly,
    },
    ...given({
      audit: audit === undefined ? undefined : { keepSeconds: audit.keepSeconds, hold: [...audit.hold] },
      tls: tls === undefined ? undefined : presentTls(tls),
    }),
    signIn: given({ oidc: signIn.oidc === undefined ? undefined : presentOidc(signIn.oidc) }),
    vault: { key: vault.keyCommand === undefined ? 'file' : 'command' },
    network: { allow: [...network.allow], deny: [...network.deny] },
    api: { requestsPerSecond: api.requestsPerSecond, burst: api.burst },
    page: { title: page.title },
    monitoring: { intervalSeconds: monitoring.intervalSeconds },
    schedules: { graceSeconds: schedules.graceSeconds },
    jobs: { leaseSeconds: jobs.leaseSeconds },
    ...given({ mail: config.mail === undefined ? undefined : presentMail(config.mail) }),
    log: { level: log.level },
  };
}

function presentMail({ host, port, tls, from }: MailSettings): z.output<typeof settingsShape>['mail'] {
  return { server: host, port, tls, from: from.address };
}

function presentOidc(oidc: NonNullable<Config['signIn']['oidc']>) {
  const { issuer, name, allowedDomains, required } = oidc;
  return { issuer, name, required, ...given({ allowedDomains: allowedDomains?.slice() }) };
}

function presentTls({ acme, redirectFrom }: NonNullable<Config['tls']>) {
  return {
    certificate: acme === undefined ? ('files' as const) : ('acme' as const),
    ...given({ redirectFrom }),
  };
}

function presentDatabase(settings: DatabaseSettings): z.output<typeof settingsShape>['database'] {
  if (settings.kind === 'sqlite') return { kind: 'sqlite' };
  const { host, port, database } = settings.location;
  return { kind: 'postgresql', host, port, database };
}

/** Up to the last `@` an authority is user and password. */
const shownLocation = (location: string): string => withoutSecrets(location.replace(/\/\/[^/?#\\]*@/, '//'));
