import type { ServiceReport } from '../../api/operations.ts';

interface Measures {
  /** What would be lost at this moment, of the source that is worst off against its own objective. */
  readonly loss: Loss;
  /** Seconds that a recovery would take, as rehearsed and grown since; undefined: not measured. */
  readonly recovery: number | undefined;
  readonly promises: readonly (readonly [state: string, count: number])[];
}

interface Loss {
  /** Seconds of work; undefined: unknown. */
  readonly seconds: number | undefined;
  readonly target: number;
}

const order = ['broken', 'at-risk', 'unknown', 'kept'] as const;

/** The numbers behind the promises of a service. One source of which nothing is known makes the whole unknown. */
export function measuresOf({ promises, rpoSeconds }: ServiceReport): Measures {
  const facts = (kind: string) =>
    promises.filter((promise) => promise.kind === kind).map(({ evidence }) => evidence.facts);
  const losses = facts('backup-fresh').map((fact) => ({
    seconds: numberOf(fact.ageSeconds),
    target: numberOf(fact.rpoSeconds) ?? rpoSeconds,
  }));
  return {
    loss: worstLoss(losses) ?? { seconds: undefined, target: rpoSeconds },
    recovery: worst(facts('recovery-within-target').map(({ expectedSeconds }) => numberOf(expectedSeconds))),
    promises: order
      .map((state) => [state, promises.filter((promise) => promise.state === state).length] as const)
      .filter(([, count]) => count > 0),
  };
}

const numberOf = (fact: unknown): number | undefined => (typeof fact === 'number' ? fact : undefined);

const worstLoss = (losses: readonly Loss[]): Loss | undefined => {
  const share = ({ seconds = Infinity, target }: Loss): number => seconds / target;
  return [...losses].sort((a, b) => share(b) - share(a))[0];
};

const worst = (values: readonly (number | undefined)[]): number | undefined =>
  values.length === 0 || values.includes(undefined) ? undefined : Math.max(...(values as number[]));
