import { isDeepStrictEqual } from 'node:util';
import type { Service, SourceAtRest } from '../catalog/index.ts';
import type { DeclaredSource } from './declared.ts';
import type { FieldChange, FreshSource, PlannedSourceChanges, SourceStep } from './plan.ts';
import { presentSource } from './present-source.ts';
import type { Problem } from './problems.ts';
import { tooShort } from './rhythm.ts';
import { durationText, listText, rhythmText } from './texts.ts';

/** Whether the secret that is declared is the one that is kept; asked only where both are there. */
export type IsSame = (source: SourceAtRest, name: 'password' | 'scratchPassword', version: number) => boolean;

interface Known {
  /** By id. */
  readonly services: ReadonlyMap<string, Service>;
  readonly rpoOfService: number;
  readonly isSame: IsSame;
  readonly problem: (problem: Problem) => void;
}

/** Undefined: it is as declared. */
export function planSource(
  declared: DeclaredSource,
  present: SourceAtRest | undefined,
  known: Known,
): SourceStep | undefined {
  const { name, service } = declared;
  if (present === undefined) {
    refuseShortInterval(declared, known);
    const fields = createdFields(declared, known.rpoOfService);
    const fresh = freshSource(declared);
    return { kind: 'source', name, service, fields, does: { action: 'create', declared, fresh } };
  }
  if (present.kind !== declared.kind) {
    known.problem({
      ...declared.at('location'),
      message: `"${name}" is a source of the kind ${present.kind} and cannot become ${declared.kind}`,
      advice: 'Give what is declared here another name: its backups are of another kind.',
    });
    return undefined;
  }
  const { fields, changes } = changesOf(declared, present, known);
  if (fields.length === 0) return undefined;
  return { kind: 'source', name, service, fields, does: { action: 'change', declared, present, changes } };
}

function changesOf(
  declared: DeclaredSource,
  present: SourceAtRest,
  known: Known,
): { fields: FieldChange[]; changes: PlannedSourceChanges } {
  const was = presentSource(present);
  const fields: FieldChange[] = [];
  const say = (field: string, before: string | null, after: string | null): void => {
    fields.push({ field, before, after });
  };
  let changes: PlannedSourceChanges = {};
  const oldService = known.services.get(present.serviceId)?.slug ?? present.serviceId;
  if (oldService !== declared.service) {
    say('service', oldService, declared.service);
    changes = { ...changes, service: declared.service };
  }
  const moved = was.location !== declared.location;
  if (moved) {
    say('location', was.location, declared.location);
    changes = { ...changes, location: declared.location };
  }
  const options: Record<string, unknown> = {};
  for (const field of ['paths', 'excludes'] as const) {
    if (isDeepStrictEqual(was[field], declared[field])) continue;
    say(field, listText(was[field]), listText(declared[field]));
    options[field] = declared[field].length === 0 ? null : declared[field];
  }
  if (was.oneFileSystem !== declared.oneFileSystem) {
    say('oneFileSystem', String(was.oneFileSystem), String(declared.oneFileSystem));
    options.oneFileSystem = declared.oneFileSystem || null;
  }
  const scratchMoved = was.scratchServer !== declared.scratchServer;
  if (scratchMoved) {
    say('scratchServer', was.scratchServer ?? null, declared.scratchServer ?? null);
    options.scratchServer = declared.scratchServer ?? null;
  }
  if (Object.keys(options).length > 0) changes = { ...changes, options };
  if (was.schedule !== declared.schedule) {
    refuseShortInterval(declared, known);
    say('schedule', rhythmText(was.schedule), rhythmText(declared.schedule));
    changes = { ...changes, schedule: declared.schedule };
  }
  if (was.drillSchedule !== declared.drillSchedule) {
    say('drills', rhythmText(was.drillSchedule), rhythmText(declared.drillSchedule));
    changes = { ...changes, drillSchedule: declared.drillSchedule };
  }
  const rpo = present.ownRpoSeconds ?? known.rpoOfService;
  const wantedRpo = declared.rpoSeconds ?? known.rpoOfService;
  if (rpo !== wantedRpo) {
    say('rpo', durationText(rpo), durationText(wantedRpo));
    changes = { ...changes, rpoSeconds: declared.rpoSeconds };
  }
  for (const [secret, version, isMoved] of [
    ['password', present.passwordVersion, moved],
    ['scratchPassword', present.scratchPasswordVersion, scratchMoved],
  ] as const) {
    const wanted = declared[secret];
    if (wanted === undefined) {
      const goes =
        isMoved && version !== undefined && (secret === 'password' || declared.scratchServer !== undefined);
      if (goes) refuseForgotten(declared, secret, known);
      continue;
    }
    if (version !== undefined && !isMoved && known.isSame(present, secret, version)) continue;
    say(secret, version === undefined ? null : 'set', version === undefined ? 'set' : 'changed');
    changes = { ...changes, [secret]: wanted };
  }
  return { fields, changes };
}

/** A password is kept for its address, and is sent to no other host. */
function refuseForgotten(
  declared: DeclaredSource,
  secret: 'password' | 'scratchPassword',
  known: Known,
): void {
  const address = secret === 'password' ? 'location' : 'scratchServer';
  known.problem({
    ...declared.at(address),
    message: `"${address}": the password that is kept is for the address before, and is not sent to another one`,
    advice: `Give the one for this address as "${secret}", by \${NAME} or file:/path.`,
  });
}

function refuseShortInterval(declared: DeclaredSource, known: Known): void {
  const message = tooShort(declared.schedule);
  if (message !== undefined) known.problem({ ...declared.at('schedule'), message });
}

const optionsOf = ({ paths, excludes, oneFileSystem, scratchServer }: DeclaredSource) => ({
  ...(paths.length === 0 ? {} : { paths }),
  ...(excludes.length === 0 ? {} : { excludes }),
  ...(oneFileSystem ? { oneFileSystem } : {}),
  ...(scratchServer === undefined ? {} : { scratchServer }),
});

const freshSource = (declared: DeclaredSource): FreshSource => ({
  name: declared.name,
  kind: declared.kind,
  location: declared.location,
  options: optionsOf(declared),
  ...(declared.schedule === null ? {} : { schedule: declared.schedule }),
  drillSchedule: declared.drillSchedule,
  ...(declared.rpoSeconds === null ? {} : { rpoSeconds: declared.rpoSeconds }),
  ...(declared.password === undefined ? {} : { password: declared.password }),
  ...(declared.scratchPassword === undefined ? {} : { scratchPassword: declared.scratchPassword }),
});

function createdFields(declared: DeclaredSource, serviceRpo: number): FieldChange[] {
  const values: readonly (readonly [string, string | null])[] = [
    ['location', declared.location],
    ['paths', listText(declared.paths)],
    ['excludes', listText(declared.excludes)],
    ['oneFileSystem', declared.oneFileSystem ? 'true' : null],
    ['scratchServer', declared.scratchServer ?? null],
    ['schedule', rhythmText(declared.schedule)],
    ['drills', rhythmText(declared.drillSchedule)],
    ['rpo', durationText(declared.rpoSeconds ?? serviceRpo)],
    ['password', declared.password === undefined ? null : 'set'],
    ['scratchPassword', declared.scratchPassword === undefined ? null : 'set'],
  ];
  return values.flatMap(([field, after]) => (after === null ? [] : [{ field, before: null, after }]));
}
