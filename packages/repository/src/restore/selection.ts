/**
 * Which entries of a snapshot are restored, by include or by exclude patterns, with restic's rules: an
 * excluded folder is not entered, while for includes a folder is entered when something below could match.
 */
import { RepositoryError } from '../errors.ts';
import { PatternList } from '../filesystem/patterns.ts';

export interface SelectionOptions {
  readonly include?: readonly (string | Buffer)[] | undefined;
  readonly exclude?: readonly (string | Buffer)[] | undefined;
  /** As `include` and `exclude`, without regard to case. */
  readonly iinclude?: readonly (string | Buffer)[] | undefined;
  readonly iexclude?: readonly (string | Buffer)[] | undefined;
}

export interface Selected {
  readonly selected: boolean;
  /** Whether to enter the folder; meaningless for other entries. */
  readonly descend: boolean;
}

export interface Selection {
  /** True when every entry is selected. */
  readonly isEverything: boolean;
  /** @param path absolute within the snapshot, `/folder/file` */
  select(path: Buffer): Selected;
}

export class ConflictingPatternsError extends RepositoryError {
  constructor() {
    super('repository.conflicting-patterns', 'include and exclude patterns cannot be given together', {
      advice: 'Give only one kind; an include list may take back entries with patterns that begin with !.',
    });
  }
}

const all: Selected = { selected: true, descend: true };
const none: Selected = { selected: false, descend: false };

/** @throws InvalidPatternError, ConflictingPatternsError */
export function makeSelection(options: SelectionOptions): Selection {
  const excludes = lists(options.exclude, options.iexclude);
  const includes = lists(options.include, options.iinclude);
  if (excludes.length > 0 && includes.length > 0) throw new ConflictingPatternsError();
  if (excludes.length > 0) {
    return {
      isEverything: false,
      select: (path) => (excludes.some((list) => list.matches(path)) ? none : all),
    };
  }
  if (includes.length > 0) return { isEverything: false, select: (path) => selectIncluded(includes, path) };
  return { isEverything: true, select: () => all };
}

function selectIncluded(includes: readonly PatternList[], path: Buffer): Selected {
  let selected = false;
  let descend = false;
  for (const list of includes) {
    const match = list.match(path);
    selected ||= match.matched;
    descend ||= match.childMayMatch;
  }
  return { selected, descend };
}

function lists(
  patterns: readonly (string | Buffer)[] | undefined,
  insensitive: readonly (string | Buffer)[] | undefined,
): PatternList[] {
  return [new PatternList(patterns ?? []), new PatternList(insensitive ?? [], { ignoreCase: true })].filter(
    (list) => !list.isEmpty,
  );
}
