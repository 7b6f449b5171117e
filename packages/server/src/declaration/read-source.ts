import { isAbsolute } from 'node:path';
import { type ParsedLocation, parseLocation } from '@octobox/sources';
import { type Criticality, tierObjectives } from '../catalog/index.ts';
import type { Secret } from '../platform/index.ts';
import type { DeclaredSource, FieldPlace } from './declared.ts';
import { type SourceFields, sourceFields, name as sourceName } from './fields.ts';
import type { Reading } from './reading.ts';
import { readSecret } from './references.ts';
import { defaultRpo, defaultSchedule, readRhythm, tooShort } from './rhythm.ts';

const secretNames = ['password', 'scratchPassword'] as const;

interface Belongs {
  readonly slug: string;
  readonly criticality: Criticality;
  readonly rpoSeconds: number;
}

/** None, and problems, when it cannot be used. */
export async function readSource(
  reading: Reading,
  service: Belongs,
  name: string,
  content: unknown,
): Promise<[DeclaredSource] | []> {
  const path = ['services', service.slug, 'sources', name];
  const at: FieldPlace = (field) =>
    field === undefined ? reading.locateKey(path) : reading.locate([...path, field]);
  const named = sourceName.safeParse(name);
  for (const issue of named.error?.issues ?? []) reading.problem(at(), `"${name}": ${issue.message}`);
  if (!(content instanceof Map)) {
    reading.problem(at(), `"${name}": expected fields, one a line; at least its location`);
    return [];
  }
  const own = new Map(content);
  const secrets = await readSecrets(reading, own, at);
  const before = reading.problems.length;
  const fields = reading.fields(sourceFields, path, own);
  if (fields === undefined) return [];
  const parsed = parsedAt(reading, at, 'location', fields.location);
  const scratch =
    fields.scratchServer === undefined
      ? undefined
      : parsedAt(reading, at, 'scratchServer', fields.scratchServer);
  if (parsed !== undefined) refuseStrangeFields(reading, at, parsed.kind, fields, secrets);
  if (scratch !== undefined && scratch.kind !== 'postgresql') {
    reading.problem(at('scratchServer'), '"scratchServer": this is no PostgreSQL address');
  }
  if (secrets.scratchPassword !== undefined && fields.scratchServer === undefined) {
    reading.problem(at('scratchPassword'), '"scratchPassword": there is no scratchServer that it is for');
  }
  for (const [index, each] of (fields.paths ?? []).entries()) {
    if (!isAbsolute(each)) {
      reading.problem(
        reading.locate([...path, 'paths', String(index)]),
        `"paths": ${each} is not an absolute path`,
      );
    }
  }
  const rhythm = (field: 'schedule' | 'drills', otherwise: string): string | null => {
    try {
      return readRhythm(fields[field] ?? otherwise);
    } catch (error) {
      reading.problem(at(field), `"${field}": ${(error as Error).message}`, adviceOf(error));
      return null;
    }
  };
  const schedule = rhythm('schedule', defaultSchedule(parsed?.kind ?? 'files'));
  const short = tooShort(schedule);
  if (short !== undefined) reading.doubts.push({ ...at('schedule'), message: short });
  const drillSchedule = rhythm('drills', tierObjectives[service.criticality].drillSchedule);
  if (parsed === undefined || !named.success || reading.problems.length > before) return [];
  return [
    {
      name: named.data,
      service: service.slug,
      kind: parsed.kind,
      location: parsed.location,
      paths: fields.paths ?? [],
      excludes: fields.excludes ?? [],
      oneFileSystem: fields.oneFileSystem ?? false,
      scratchServer: scratch?.location,
      schedule,
      drillSchedule,
      rpoSeconds: fields.rpo ?? defaultRpo(schedule, service.rpoSeconds),
      ...secrets,
      at,
    },
  ];
}

type Secrets = Record<(typeof secretNames)[number], Secret | undefined>;

/** Takes the secrets out of the fields: what is wrong with the others is told with what they hold. */
async function readSecrets(reading: Reading, own: Map<unknown, unknown>, at: FieldPlace): Promise<Secrets> {
  const secrets: Secrets = { password: undefined, scratchPassword: undefined };
  for (const name of secretNames) {
    const given = own.get(name);
    own.delete(name);
    if (given === undefined || given === null) continue;
    const read = await readSecret(typeof given === 'string' ? given : '', reading.references);
    if ('secret' in read) secrets[name] = read.secret;
    else reading.problem(at(name), `"${name}": ${read.problem}`);
  }
  return secrets;
}

function parsedAt(
  reading: Reading,
  at: FieldPlace,
  field: 'location' | 'scratchServer',
  text: string,
): ParsedLocation | undefined {
  try {
    const parsed = parseLocation(text);
    if (parsed.password === undefined) return parsed;
    const secret = field === 'location' ? 'password' : 'scratchPassword';
    reading.problem(
      at(field),
      `"${field}": a password does not belong into an address; give it as "${secret}", by \${NAME} or file:/path`,
    );
  } catch (error) {
    reading.problem(at(field), `"${field}": ${withoutUserInfo((error as Error).message)}`, adviceOf(error));
  }
  return undefined;
}

/** An address that cannot be read may have a password in it all the same. */
const withoutUserInfo = (text: string): string => text.replace(/\/\/[^/\s]*@/g, '//…@');

const adviceOf = (error: unknown): string | undefined => (error as { advice?: string }).advice;

function refuseStrangeFields(
  reading: Reading,
  at: FieldPlace,
  kind: ParsedLocation['kind'],
  fields: SourceFields,
  secrets: Secrets,
): void {
  const refuse = (field: string, of: string): void =>
    reading.problem(at(field), `"${field}": it is for ${of}, and this is not one`);
  for (const field of ['paths', 'excludes', 'oneFileSystem'] as const) {
    if (kind !== 'files' && fields[field] !== undefined) refuse(field, 'a folder');
  }
  if (kind === 'postgresql') return;
  if (fields.scratchServer !== undefined) refuse('scratchServer', 'a PostgreSQL database');
  for (const field of secretNames) {
    if (secrets[field] !== undefined) refuse(field, 'a PostgreSQL database');
  }
}
