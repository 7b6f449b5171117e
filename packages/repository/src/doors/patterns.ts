/** Patterns of file names. */
export {
  InvalidPatternError,
  PatternList,
  type PatternMatch,
  type PatternOptions,
} from '../filesystem/patterns.ts';
