import { SourceError } from '@octobox/sources';
import {
  type Failure,
  InvalidError,
  ScheduleError,
  ServerError,
  type ServerErrorCode,
} from '../../platform/index.ts';

/** What can go wrong with a request before a room of the platform is asked. */
const apiProblems = {
  'api.body': [400, 'A body came that nobody asked for'],
  'api.malformed': [400, 'The body is no JSON'],
  'api.unauthenticated': [401, 'Nobody is signed in'],
  'api.foreign-origin': [403, 'A page of another origin asks'],
  'api.unknown-address': [404, 'There is nothing at this address'],
  'api.method': [405, 'This address takes other methods'],
  'api.outdated': [412, 'It was changed meanwhile'],
  'api.too-large': [413, 'The body is too large'],
  'api.media-type': [415, 'The body must be JSON'],
  'api.invalid': [422, 'The request is not as it must be'],
  'api.file': [422, 'The file is not as it must be'],
  'api.idempotency-key': [422, 'The idempotency key belongs to another request'],
  'api.etag-missing': [428, 'The ETag of what is changed is missing'],
  'api.attempts': [429, 'These are too many attempts'],
  'api.rate': [429, 'These are too many requests'],
  'api.busy': [429, 'Too much is open already'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** What the rooms refuse. Every other error is trouble on our side, of which strangers learn nothing. */
const roomProblems: Partial<Record<ServerErrorCode, readonly [number, string]>> = {
  'server.forbidden': [403, 'This is not allowed'],
  'server.time-over': [403, 'Your time here is over'],
  'server.proof-needed': [403, 'A fresh proof of who asks is needed'],
  'server.no-grant': [403, 'Its owner has not shared it'],
  'server.not-found': [404, 'There is no such thing'],
  'server.plan-outdated': [409, 'The plan is not true any more'],
  'server.mail-not-configured': [409, 'There is no mail server'],
  'server.under-way': [409, 'Something else is under way'],
  'server.invalid': [422, 'A value is refused'],
  'server.address-refused': [422, 'This address is not reached from here'],
  'server.schedule': [422, 'This is no schedule'],
  'server.repository-slow': [503, 'The repository takes too long'],
  'server.too-many-openings': [429, 'Too many secrets were opened'],
  'server.vault-damaged': [500, 'What is sealed was changed'],
  'server.vault-key-missing': [503, 'The key of the vault is not here'],
  'server.vault-wrong-key': [503, 'The key of the vault is not here'],
  'server.vault-key-exposed': [503, 'The key of the vault is not used'],
  'server.vault-key-unusable': [503, 'The key of the vault is not used'],
  'server.vault-key-refused': [503, 'The key of the vault is not used'],
  'server.vault-key-replaced': [503, 'A key of the platform was replaced'],
  'server.vault-key-unreachable': [503, 'The key of the vault cannot be asked'],
  'server.database-busy': [503, 'The database is busy'],
  'server.sign-in-busy': [503, 'Very many people sign in'],
};
/** `source.unreachable` and the like: what a look at a source came to. */
const sourceProblem = [422, 'The source cannot be captured as it is'] as const;
/** `repository.missing`, `storage.full` and the like: it is in the log as well, and who may ask at all may know why. */
const repositoryProblem = [503, 'The repository cannot be used as it is'] as const;
/** Of it strangers learn no more than that it passes: not where the database is. */
const awayCode = 'server.database-unreachable';
const away = [503, 'The database is away'] as const;
const trouble = [500, 'The trouble is on our side'] as const;

export type ApiProblemCode = keyof typeof apiProblems;

/** All that an answer can name as its `code`, for the reference. */
export const problemList: readonly { code: string; status: number; title: string }[] = [
  ...Object.entries(apiProblems),
  ...Object.entries(roomProblems),
  ['source', sourceProblem] as const,
  ['repository', repositoryProblem] as const,
  [awayCode, away] as const,
  ['server.trouble', trouble] as const,
]
  .map(([code, [status, title]]) => ({ code, status, title }))
  .sort((a, b) => a.status - b.status || a.code.localeCompare(b.code));

export interface FieldProblem {
  /** `body.options.paths.0`, `query.limit` */
  readonly field: string;
  readonly detail: string;
  /** In a file that was sent. */
  readonly line?: number;
  readonly column?: number;
}

/** A request that cannot be answered as it is. */
export class ApiError extends Error {
  readonly code: ApiProblemCode;
  readonly advice: string | undefined;
  readonly fields: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiProblemCode,
    message: string,
    options: { advice?: string; fields?: readonly FieldProblem[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.code = code;
    this.advice = options.advice;
    this.fields = options.fields ?? [];
    this.headers = options.headers ?? {};
  }
}

/** RFC 9457, with a stable code and what can be done about it. */
export interface Problem {
  /** Where the reference explains the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly advice?: string;
  readonly errors?: readonly FieldProblem[];
}

/** `noted`: whether it is trouble of ours, which belongs into the log. */
export function problemOf(
  error: unknown,
  describe: (error: unknown) => Failure,
): { problem: Problem; headers: Readonly<Record<string, string>>; noted: boolean } {
  if (error instanceof ApiError) {
    const [status, title] = apiProblems[error.code];
    const more = error.fields.length === 0 ? {} : { errors: error.fields };
    const problem = made(error.code, status, title, error.message, error.advice, more);
    return { problem, headers: error.headers, noted: false };
  }
  const known =
    error instanceof SourceError
      ? sourceProblem
      : error instanceof ServerError
        ? roomProblems[error.code]
        : undefined;
  const failure = describe(error);
  if (known === undefined && /^(repository|storage)\./.test(failure.code)) {
    const [status, title] = repositoryProblem;
    const problem = made(failure.code, status, title, failure.message, failure.advice, {});
    return { problem, headers: {}, noted: true };
  }
  if (failure.code === awayCode) {
    const [status, title] = away;
    const detail = 'It has been noted. The server goes on by itself when the database answers again.';
    return {
      problem: made(awayCode, status, title, detail, undefined, {}),
      headers: { 'retry-after': '5' },
      noted: true,
    };
  }
  if (known === undefined) {
    const [status, title] = trouble;
    const detail = 'It has been noted. Please try again in a minute.';
    return {
      problem: made('server.trouble', status, title, detail, undefined, {}),
      headers: {},
      noted: true,
    };
  }
  const [status, title] = known;
  const { code, message, advice } = failure;
  const field = error instanceof InvalidError || error instanceof ScheduleError ? error.field : undefined;
  const more = field === undefined ? {} : { errors: [{ field: `body.${field}`, detail: message }] };
  return {
    problem: made(code, status, title, message, advice, more),
    headers: status === 503 ? { 'retry-after': '5' } : {},
    noted: false,
  };
}

/** Codes that are explained as one. */
function groupOf(code: string): string {
  const [room] = code.split('.');
  if (room === 'storage' || room === 'repository') return 'repository';
  return room === 'source' ? room : code;
}

const made = (
  code: string,
  status: number,
  title: string,
  detail: string,
  advice: string | undefined,
  more: { errors?: readonly FieldProblem[] },
): Problem => ({
  type: `/api/v1/reference#problem-${groupOf(code)}`,
  title,
  status,
  detail,
  code,
  ...(advice === undefined ? {} : { advice }),
  ...more,
});
