import type { Snapshot } from '../../api/operations.ts';

/** Those that people gave it; the platform's own words are nobody's to change. */
export const ownTags = ({ tags = [] }: Snapshot): string[] =>
  tags.filter((tag) => !tag.startsWith('octobox:'));
