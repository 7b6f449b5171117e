export type GivenKind = 'password' | 'code' | 'recovery-code';

/** Which of the two codes somebody typed who may give either: those of the app are digits. */
export const codeKind = (typed: string): 'code' | 'recovery-code' =>
  /^[\d\s-]*$/.test(typed) ? 'code' : 'recovery-code';

const wrongWords: Readonly<Record<GivenKind, string>> = {
  password: 'This is not the password.',
  code: 'This code is not right, or was used already. Wait for the next one of the app, and see that the clock of your phone is right.',
  'recovery-code':
    'This recovery code is not right, or was used already. Take another one of those that you kept; those before the last that you made are void.',
};

/** What stops somebody who gave a code or a password, and what to do about it. */
export function refusalWords(
  outcome: 'refused' | 'wrong' | 'limited' | 'blocked' | 'unreadable',
  given: GivenKind,
): string {
  switch (outcome) {
    case 'limited':
      return 'Too many attempts. Wait an hour, then try again.';
    case 'blocked':
      return 'Too many wrong codes were given in a row, so codes of the app are good no more. Use a recovery code, and set the app up again.';
    case 'unreadable':
      return 'Codes of the app cannot be checked, because a key is missing on the server. Use a recovery code, and set the app up again.';
    default:
      return wrongWords[given];
  }
}
