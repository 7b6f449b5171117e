import type { ServiceReport } from '../../api/operations.ts';

interface Measures {
  /** Seconds of work that would be lost at this moment, of the source that is worst off; undefined: unknown. */
  readonly loss: number | undefined;
  /** Seconds that a recovery would take, as rehearsed and grown since; undefined: not measured. */
  readonly recovery: number | undefined;
  readonly promises: readonly (readonly [state: string, count: number])[];
}

const order = ['broken', 'at-risk', 'unknown', 'kept'] as const;

/** The numbers behind the promises of a service. One source of which nothing is known makes the whole unknown. */
export function measuresOf({ promises }: ServiceReport): Measures {
  const numbers = (kind: string, fact: string): (number | undefined)[] =>
    promises
      .filter((promise) => promise.kind === kind)
      .map(({ evidence }) => evidence.facts[fact])
      .map((value) => (typeof value === 'number' ? value : undefined));
  return {
    loss: worst(numbers('backup-fresh', 'ageSeconds')),
    recovery: worst(numbers('recovery-within-target', 'expectedSeconds')),
    promises: order
      .map((state) => [state, promises.filter((promise) => promise.state === state).length] as const)
      .filter(([, count]) => count > 0),
  };
}

const worst = (values: readonly (number | undefined)[]): number | undefined =>
  values.length === 0 || values.includes(undefined) ? undefined : Math.max(...(values as number[]));
