import { createHash } from 'node:crypto';
import type {
  CatalogSnapshot,
  NewService,
  NewSource,
  Service,
  ServiceChanges,
  SourceAtRest,
  SourceChanges,
} from '../catalog/index.ts';
import type { Secret } from '../platform/index.ts';
import type { DeclaredService, DeclaredSource } from './declared.ts';

/** A field for people, before and after; of secrets it says whether, never which. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface StepOf<Kind extends string, Declared, Present, Fresh, Changes> {
  readonly kind: Kind;
  /** What a file and the catalog call it: a slug, or the name of a source. */
  readonly name: string;
  /** Of a source: the slug of its service, after the plan. */
  readonly service: string;
  readonly fields: readonly FieldChange[];
  readonly does:
    | { readonly action: 'create'; readonly declared: Declared; readonly fresh: Fresh }
    | {
        readonly action: 'change';
        readonly declared: Declared;
        readonly present: Present;
        readonly changes: Changes;
      }
    | { readonly action: 'remove' | 'leave'; readonly present: Present };
}

export type ServiceStep = StepOf<'service', DeclaredService, Service, NewService, ServiceChanges>;

export interface SourceSecrets {
  readonly password?: Secret | undefined;
  readonly scratchPassword?: Secret | undefined;
}

export type FreshSource = Omit<NewSource, 'serviceId' | 'password' | 'scratchPassword'> & SourceSecrets;
/** `service`: the slug of the one that it moves to. */
export type PlannedSourceChanges = Omit<SourceChanges, 'serviceId' | 'password' | 'scratchPassword'> &
  SourceSecrets & { readonly service?: string };
export type SourceStep = StepOf<'source', DeclaredSource, SourceAtRest, FreshSource, PlannedSourceChanges>;

export type Step = ServiceStep | SourceStep;

/**
 * What is to be done so that the catalog is as a file says, as a value. `leave`: it is not in the file, and stays
 * because nobody asked for its removal.
 */
export interface Plan {
  readonly steps: readonly Step[];
  /** Services and sources that are as the file says already. */
  readonly unchanged: { readonly services: number; readonly sources: number };
  readonly prune: boolean;
}

export const isChange = (step: Step): boolean => step.does.action !== 'leave';

/** The same plan has the same text; no secret is in it. */
export const planText = ({ steps }: Plan): string =>
  JSON.stringify(
    steps.map(({ kind, name, service, fields, does }) => {
      const id = 'present' in does ? does.present.id : undefined;
      return [kind, name, service, fields, does.action, id];
    }),
  );

/** Who has seen the plan names it by this when it is carried out. */
export const planId = (plan: Plan): string =>
  createHash('sha256')
    .update(JSON.stringify([plan.prune, planText(plan)]))
    .digest('base64url');

/** For whoever decides on it; no secret is in it. */
export const shownSteps = ({ steps }: Plan) =>
  steps.map(({ kind, name, service, fields, does }) => ({
    action: does.action,
    kind,
    name,
    ...(kind === 'source' ? { service } : {}),
    fields,
  }));

export const countOf = ({ steps }: Plan, action: Step['does']['action']): number =>
  steps.filter(({ does }) => does.action === action).length;

export type { CatalogSnapshot };
