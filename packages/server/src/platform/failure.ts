import { withoutSecrets } from './redaction.ts';

/** An error as it is kept in the database and shown to people: no stack, no secret. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const longest = 2_000;

/** Turns anything thrown into a `Failure`, with the causes' messages that say more than the error itself. */
export function describeFailure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { code: 'unknown', message: withoutSecrets(String(thrown)) };
  const fields = thrown as Error & { code?: unknown; advice?: unknown };
  const messages = [thrown.message];
  for (
    let cause = thrown.cause, depth = 0;
    cause instanceof Error && depth < 4;
    cause = cause.cause, depth++
  ) {
    if (cause.message !== '' && !messages.some((message) => message.includes(cause.message))) {
      messages.push(cause.message);
    }
  }
  const advice = text(fields.advice);
  return {
    code: text(fields.code) ?? thrown.name,
    message: withoutSecrets(messages.join(': ')).slice(0, longest),
    ...(advice === undefined ? {} : { advice: withoutSecrets(advice) }),
  };
}
