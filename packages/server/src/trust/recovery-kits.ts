import type { KitTrouble, SeenKit } from '../kits/index.ts';
import type { Instant } from '../platform/index.ts';
import type { Judgement } from './backup-fresh.ts';
import type { Sentence } from './evidence.ts';
import { placeOf } from './off-site-copy.ts';
import type { PromiseState } from './schema.ts';

/** The kits of one repository. */
export interface KitOfPlace extends Omit<SeenKit, 'repository'> {
  /** For people: where the repository is; undefined of the primary one. */
  readonly place: string | undefined;
}

/** Each with the place of its repository. */
export const kitsOfPlaces = (
  kits: readonly SeenKit[],
  elsewhere: readonly { readonly name: string; readonly place?: string | undefined }[],
): KitOfPlace[] =>
  kits.map(({ repository: name, ...kit }) => {
    const known = elsewhere.find((settings) => settings.name === name);
    return { ...kit, place: name === undefined ? undefined : placeOf(known ?? { name }) };
  });

const worst: readonly PromiseState[] = ['broken', 'unknown', 'at-risk', 'kept'];

/**
 * "Proved recovery kits open the backups": as good as the worst of all kits, for nobody knows which of the
 * repositories a disaster leaves. Unknown as long as there is nothing to look at.
 */
export function judgeRecoveryKits(kits: readonly KitOfPlace[]): Judgement {
  if (kits.length === 0) {
    return { state: 'unknown', evidence: { sentence: ['nothing of it is protected'], facts: { kits: 0 } } };
  }
  const proved = kits.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort();
  const oldest = proved.length === kits.length ? proved[0] : undefined;
  return {
    state: worst.find((state) => kits.some((kit) => kit.state === state)) ?? 'unknown',
    evidence: {
      sentence: kits.flatMap((kit, at): Sentence => [...(at === 0 ? [] : ['; ']), ...sentenceOf(kit)]),
      ...(oldest === undefined ? {} : { observedAt: oldest }),
      facts: { kits: kits.length, good: kits.filter(({ state }) => state === 'kept').length },
    },
  };
}

function sentenceOf({ place, trouble, madeAt, verifiedAt }: KitOfPlace): Sentence {
  const kit = place === undefined ? 'the kit of the backups' : `the kit of the copy in ${place}`;
  const made = timed(' made', madeAt);
  const proved = timed(' proved', verifiedAt);
  const sentences: Readonly<Record<KitTrouble | 'none', Sentence>> = {
    none: [`${kit} was`, ...proved],
    'never-made': [`${kit} was never made`],
    'never-verified': [`${kit} was`, ...made, ', and never proved'],
    stale: [`${kit} was`, ...made, ', before a change of keys'],
    'verified-long-ago': [`${kit} was`, ...proved, ', more than a year ago'],
    unreadable: [`whether ${kit} still fits cannot be found out`],
  };
  return sentences[trouble ?? 'none'];
}

const timed = (verb: string, at: Instant | undefined): Sentence =>
  at === undefined ? [verb] : [`${verb} `, { at }];

/** For people: what is promised. */
export const recoveryKitPromise = (name: string): string => `${name}: proved recovery kits open its backups`;
