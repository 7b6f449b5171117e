/** Ends of lines, and signs that turn the direction of the text after them: a name with them forges what stands beside it. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

export const hasUnseenSigns = (text: string): boolean => unseen.test(text);

/** For a name that was not typed, but made of what there is. */
export const withoutUnseenSigns = (text: string): string => text.replaceAll(new RegExp(unseen, 'gu'), '_');
