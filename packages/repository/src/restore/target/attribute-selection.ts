/** Which extended attributes a restore takes. */
import { PatternList } from '../../filesystem/patterns.ts';
import { InvalidRestoreOptionsError } from '../restore-errors.ts';

export type AttributeSelection = (name: Buffer) => boolean;

/** @throws InvalidRestoreOptionsError, InvalidPatternError */
export function selectAttributes(
  include: readonly string[] = [],
  exclude: readonly string[] = [],
): AttributeSelection {
  if (include.length > 0 && exclude.length > 0) {
    throw new InvalidRestoreOptionsError(
      'extended attributes are included and excluded at once',
      'Give patterns of one kind only.',
    );
  }
  if (include.length > 0) {
    const list = new PatternList(include);
    return (name) => name.length > 0 && list.matches(name);
  }
  const list = new PatternList(exclude);
  return (name) => name.length === 0 || !list.matches(name);
}
