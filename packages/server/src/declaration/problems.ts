import { ConfigError, type Place } from '../platform/index.ts';

export interface Problem extends Place {
  readonly message: string;
  readonly advice?: string;
}

const shown = 20;

/** Everything that is wrong with a file, each with its line and column; none of it was carried out. */
export class DeclarationError extends ConfigError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly [Problem, ...Problem[]]) {
    const ordered = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    const [first = problems[0], ...others] = ordered;
    const more = others
      .slice(0, shown - 1)
      .map(({ file, line, column, message }) => `\n${file}:${line}:${column}: ${message}`);
    const left = others.length - more.length;
    const rest = left > 0 ? [`\nand ${left} more`] : [];
    super(first, first.message + [...more, ...rest].join(''), {
      advice: first.advice ?? 'Correct the file; nothing was changed.',
    });
    this.problems = ordered;
  }
}

export function refuseProblems(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (first !== undefined) throw new DeclarationError([first, ...others]);
}
