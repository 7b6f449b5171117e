import { z } from '@hono/zod-openapi';

const seconds = z.number();
const listen = z.strictObject({ host: z.string(), port: z.int() });
const text = z.string();
const keep = z.int().min(0);
const stored = {
  location: text.openapi({ description: 'Without user and password' }),
  place: text.optional().openapi({ description: 'For people', example: 'Paris, France' }),
  layers: z.enum(['all', 'none']).openapi({
    description: 'Layers of encryption around one that is made from now on; one that exists stays as it is',
  }),
};

export const settingsShape = z
  .strictObject({
    role: z.enum(['all', 'web', 'worker']).openapi({ description: 'Of the process that answers' }),
    listen: listen.openapi({ description: 'Where the public page is listened for' }),
    publicUrl: text.optional(),
    console: z.strictObject({
      listen,
      url: text.optional(),
      allowFrom: z.array(text).optional().openapi({ description: 'Who may reach it; absent: all' }),
      trustedProxies: z.array(text).openapi({ description: 'Web servers in front that say who asks' }),
    }),
    database: z.strictObject({
      kind: z.enum(['sqlite', 'postgresql']),
      host: text.optional(),
      port: z.int().optional(),
      database: text.optional(),
    }),
    repository: z.strictObject(stored),
    offsite: z.array(
      z.strictObject({
        name: text,
        ...stored,
        keepDeletedSeconds: seconds.optional().openapi({
          description: 'What the primary forgot so long ago is removed; absent: never',
        }),
        retainSeconds: seconds.optional().openapi({ description: 'Object locks last so long' }),
        maxAgeSeconds: seconds.optional().openapi({
          description: "So old a copy may be; absent: twice the source's recovery point objective",
        }),
        limitUpload: text.optional(),
        limitDownload: text.optional(),
        verify: z.boolean().openapi({ description: 'Everything is read again after it was sent' }),
      }),
    ),
    retention: z
      .strictObject({
        keepLast: keep,
        keepHourly: keep,
        keepDaily: keep,
        keepWeekly: keep,
        keepMonthly: keep,
        keepYearly: keep,
      })
      .openapi({ description: 'Snapshots of a source that are kept' }),
    audit: z
      .strictObject({ keepSeconds: seconds, hold: z.array(text) })
      .optional()
      .openapi({ description: 'How long the audit log is kept, and legal holds; absent: without end' }),
    signIn: z.strictObject({
      oidc: z
        .strictObject({
          issuer: text,
          name: text,
          allowedDomains: z.array(text).optional().openapi({ description: 'Absent: all' }),
          required: z.boolean().openapi({ description: 'Passwords and passkeys sign owners in alone' }),
        })
        .optional()
        .openapi({ description: 'The identity provider by which members sign in' }),
    }),
    tls: z
      .strictObject({
        certificate: z
          .enum(['files', 'acme'])
          .openapi({ description: 'It comes from files, or from an authority by ACME' }),
        redirectFrom: listen.optional(),
      })
      .optional()
      .openapi({ description: 'Of the page and the console; absent: they are served without TLS' }),
    vault: z.strictObject({
      key: z.enum(['file', 'command']).openapi({ description: 'A key file, or a program that has the key' }),
    }),
    mail: z
      .strictObject({
        server: text,
        port: z.int(),
        tls: z.enum(['implicit', 'starttls', 'none']),
        from: text,
      })
      .optional()
      .openapi({ description: 'The server that mails are handed to; absent: no mail is sent' }),
    network: z
      .strictObject({ allow: z.array(text), deny: z.array(text) })
      .openapi({ description: 'Addresses of sources that are reached besides the usual ones, and never' }),
    api: z
      .strictObject({ requestsPerSecond: z.number(), burst: z.int() })
      .openapi({ description: 'What one key, or one session, may send' }),
    page: z.strictObject({ title: text }),
    monitoring: z.strictObject({ intervalSeconds: seconds }),
    schedules: z.strictObject({
      graceSeconds: seconds.openapi({ description: 'A run that starts later than this is a late one' }),
    }),
    jobs: z.strictObject({
      leaseSeconds: seconds.openapi({
        description: 'A job whose worker is silent for so long goes to another',
      }),
    }),
    log: z.strictObject({ level: text }),
  })
  .openapi('Settings');
