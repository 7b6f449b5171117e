import { type Operations, operations, type Problem } from './operations.ts';
import { roleNames } from './roles.ts';

/** An answer of the API that is a refusal (RFC 9457), or none at all. */
export class ApiProblem extends Error {
  /** 0: the server was not reached. */
  readonly status: number;
  /** `server.not-found` and the like; stable. */
  readonly code: string;
  readonly title: string;
  readonly advice: string | undefined;
  readonly fields: NonNullable<Problem['errors']>;

  constructor({ title, status, detail, code, advice, errors }: Omit<Problem, 'type'>) {
    super(detail);
    this.name = 'ApiProblem';
    this.title = title;
    this.status = status;
    this.code = code;
    this.advice = advice;
    this.fields = errors ?? [];
  }

  /** What is wrong with a field of the body, by its name. */
  fieldErrors(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.fields.map(({ field, detail }) => {
        const name = field.replace(/^body\./, '');
        // It stands at the field, whose name is above it.
        return [name, detail.startsWith(`${name}: `) ? detail.slice(name.length + 2) : detail];
      }),
    );
  }
}

/** What an answer refuses, with the roles that may where the role of who asks is the trouble. */
export async function problemOf(response: Response, id: keyof Operations): Promise<ApiProblem> {
  const problem = await response.json().catch(() => undefined);
  if (typeof problem?.code !== 'string') return unreadable(response.status);
  if (problem.code !== 'server.forbidden') return new ApiProblem(problem);
  const advice = `${roleNames(operations[id].roles)} may. An owner of the organisation can give you another role.`;
  return new ApiProblem({ ...problem, advice });
}

export const unreachable = (): ApiProblem =>
  new ApiProblem({
    title: 'Octobox does not answer',
    status: 0,
    detail: 'The server could not be reached.',
    code: 'console.unreachable',
    advice: 'This page tries again by itself. Is the server running, and is this device on its network?',
  });

/** A file of the console itself was not to be had. */
export const partMissing = (): ApiProblem =>
  new ApiProblem({
    title: 'This screen could not be fetched',
    status: 0,
    detail: 'The server did not give the part of the console that shows it.',
    code: 'console.part-missing',
    advice:
      'Is the server running, and is this device on its network? After an update it may be about to start. What you typed is kept in this browser.',
  });

const unreadable = (status: number): ApiProblem =>
  new ApiProblem({
    title: 'This answer makes no sense',
    status,
    detail: `Something between this browser and Octobox answered (status ${status}).`,
    code: 'console.unreadable',
    advice: 'Try again in a minute.',
  });
