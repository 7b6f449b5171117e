import { ApiProblem } from '../../api/problem.ts';

/** What the server says of single fields, beside what was wrong before it was asked. */
export const objectionsOf = (
  error: unknown,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  ...(error instanceof ApiProblem ? error.fieldErrors() : {}),
  ...own,
});

/** Whether the server refused a field, which is then shown at it and not in the plan. */
export const isAboutFields = (error: unknown): boolean =>
  error instanceof ApiProblem && error.fields.length > 0;
