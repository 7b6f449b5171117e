import { BandwidthSchedule } from '@octobox/storage';
import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { ConfigError } from '../errors.ts';
import { AddressRanges } from '../http/index.ts';
import { type Locate, plain, readYaml } from './yaml-text.ts';

/** Seconds, or text such as `15m`. */
const durationFrom = (number: z.ZodNumber) =>
  z.union([number, z.string()]).transform((value, context) => {
    const seconds = typeof value === 'number' ? value : parseDuration(value);
    if (seconds === undefined || !(seconds > 0)) {
      context.addIssue({ code: 'custom', message: 'write a duration such as 60s, 15m or 1h' });
      return z.NEVER;
    }
    return seconds;
  });

export const duration = durationFrom(z.number());

/**
 * Each look connects to every source and signs in there. A second is already soon enough for anybody to be told; less
 * is a load on what customers use, and most likely milliseconds were meant. What is written as text has no less.
 */
const monitoringInterval = durationFrom(z.number().min(1, 'the shortest interval is 1s'));

const bandwidth = z.string().superRefine((value, context) => {
  try {
    BandwidthSchedule.parse(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const addressRange = z.string().superRefine((value, context) => {
  try {
    new AddressRanges([value]);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const storageOptions = z.record(z.string(), z.union([z.string(), z.int()]).transform(String)).optional();

const offSiteSchema = z.strictObject({
  location: z.string().min(1),
  place: z.string().min(1).max(120).optional(),
  layers: z.enum(['all', 'none']).optional(),
  layerKeys: z.string().optional(),
  agePassphraseFile: z.string().optional(),
  environmentFile: z.string().optional(),
  options: storageOptions,
  certificateFile: z.string().optional(),
  keepDeleted: duration.optional(),
  retain: duration.optional(),
  maxAge: duration.optional(),
  limitUpload: bandwidth.optional(),
  limitDownload: bandwidth.optional(),
  verify: z.boolean().optional(),
});

/** Nobody notices within less that something happened. */
const leastAuditSeconds = 30 * 86_400;

const keyCommand = z
  .strictObject({
    command: z.array(z.string().min(1)).min(1, 'name a program, and its arguments'),
    publicKeyFile: z.string().min(1),
    environment: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'name variables, without their values'))
      .optional(),
    timeout: duration.optional(),
  })
  .optional();

const offSiteName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use lowercase letters, digits and hyphens');

const keep = z.int().min(0).max(100_000).optional();

export const fileSchema = z.strictObject({
  role: z.enum(['all', 'web', 'worker']).optional(),
  listen: z.union([z.string(), z.int()]).optional(),
  publicUrl: z.string().optional(),
  console: z
    .strictObject({
      listen: z.union([z.string(), z.int()]).optional(),
      url: z.string().optional(),
      allowFrom: z.array(addressRange).min(1).optional(),
      trustedProxies: z.array(addressRange).optional(),
    })
    .optional(),
  network: z
    .strictObject({ allow: z.array(addressRange).optional(), deny: z.array(addressRange).optional() })
    .optional(),
  api: z
    .strictObject({
      requestsPerSecond: z.number().min(0.1).max(1_000_000).optional(),
      burst: z.int().min(1).max(1_000_000).optional(),
    })
    .optional(),
  tls: z
    .strictObject({
      certificateFile: z.string().min(1).optional(),
      keyFile: z.string().min(1).optional(),
      acme: z
        .strictObject({
          agreeToTerms: z.literal(true, 'read the terms of the certificate authority, and say true'),
          email: z.email().optional(),
          domains: z.array(z.hostname()).min(1).max(100).optional(),
          directory: z.url({ protocol: /^https$/ }).optional(),
          certificateFile: z.string().min(1).optional(),
        })
        .optional(),
      redirectFrom: z.union([z.string(), z.int()]).optional(),
    })
    .optional(),
  signIn: z
    .strictObject({
      oidc: z
        .strictObject({
          issuer: z.string().min(1),
          clientId: z.string().min(1).max(200),
          clientSecretFile: z.string().min(1),
          name: z.string().min(1).max(60).optional(),
          allowedDomains: z
            .array(z.string().regex(/^[a-z0-9.-]+$/i, 'name a domain: example.com'))
            .min(1)
            .optional(),
          required: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  mail: z
    .strictObject({
      server: z.string().regex(/^[a-z0-9.:-]+$/i, 'name the mail server: smtp.example.com'),
      port: z.int().min(1).max(65_535).optional(),
      tls: z.enum(['implicit', 'starttls', 'none']).optional(),
      certificateFile: z.string().min(1).optional(),
      user: z.string().min(1).optional(),
      passwordFile: z.string().min(1).optional(),
      from: z.string().min(1),
    })
    .optional(),
  audit: z
    .strictObject({
      keep: duration.refine((seconds) => seconds >= leastAuditSeconds, 'keep it for 30d at least'),
      hold: z
        .array(z.string().regex(/^[a-z-]+:[^\s"\\]+$/, 'name what entries name: user:5c1f…, source:7d20…'))
        .max(1_000)
        .optional(),
    })
    .optional(),
  vault: z.strictObject({ keyCommand, formerKeyCommand: keyCommand }).optional(),
  database: z
    .strictObject({ location: z.string().min(1), passwordFile: z.string().min(1).optional() })
    .optional(),
  repository: z
    .strictObject({
      location: z.string().min(1).optional(),
      passwordFile: z.string().optional(),
      layers: z.enum(['all', 'none']).optional(),
      layerKeys: z.string().optional(),
      agePassphraseFile: z.string().optional(),
      place: z.string().min(1).max(120).optional(),
      options: storageOptions,
      certificateFile: z.string().optional(),
    })
    .optional(),
  offsite: z.record(offSiteName, offSiteSchema).optional(),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
    })
    .optional(),
  retention: z
    .strictObject({
      keepLast: keep,
      keepHourly: keep,
      keepDaily: keep,
      keepWeekly: keep,
      keepMonthly: keep,
      keepYearly: keep,
    })
    .optional(),
  page: z.strictObject({ title: z.string().min(1).max(120).optional() }).optional(),
  monitoring: z.strictObject({ interval: monitoringInterval.optional() }).optional(),
  schedules: z.strictObject({ grace: duration.optional() }).optional(),
  jobs: z.strictObject({ lease: duration.optional() }).optional(),
  /** What `octobox apply` carries out; the platform itself starts without a look at it. */
  services: z.unknown().optional(),
});

export type ConfigFile = z.output<typeof fileSchema>;

/** Reads the text of `octobox.yaml`; `file` is used in messages alone. */
export function parseConfigFile(text: string, file: string): { settings: ConfigFile; locate: Locate } {
  const { value, locate, locateKey } = readYaml(text, file);
  const parsed = fileSchema.safeParse(plain(value) ?? {});
  if (!parsed.success) {
    const { issues } = parsed.error;
    // One that was mistyped is missing as well: what was typed tells more.
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    if (issue === undefined) throw new ConfigError({ file }, 'the configuration cannot be used');
    if (issue.code === 'unrecognized_keys') {
      const key = issue.keys[0] ?? '';
      const path = [...issue.path, key];
      throw new ConfigError(locateKey(path), `unknown setting "${path.join('.')}"`, {
        advice: `Known here: ${knownKeys(issue.path).join(', ')}.`,
      });
    }
    const name = issue.path.join('.');
    throw new ConfigError(
      locate(issue.path),
      name === '' ? `expected settings, one a line: ${issue.message}` : `"${name}": ${wordsOf(issue)}`,
      { advice: 'Correct the value, or remove the line to use the default.' },
    );
  }
  return { settings: parsed.data, locate };
}

const shapes: Readonly<Record<string, string>> = {
  record: 'names with their settings ("name: …")',
  object: 'names with their settings ("name: …")',
  array: 'a list ("- …")',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

/** What is wrong with a value. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  const received = issue.message.split(' ').at(-1) ?? '';
  if (received === 'undefined') return 'it is missing';
  const [wanted, given] = [shapes[issue.expected], shapes[received]];
  return wanted === undefined || given === undefined ? issue.message : `expected ${wanted}, not ${given}`;
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = fileSchema;
  for (const step of path) {
    const { shape, valueType } = schema as { shape?: Record<PropertyKey, unknown>; valueType?: unknown };
    if (valueType !== undefined) {
      schema = valueType;
      continue;
    }
    schema = (shape?.[step] as { unwrap?: () => unknown } | undefined)?.unwrap?.();
  }
  return Object.keys((schema as { shape?: object } | undefined)?.shape ?? {});
}
