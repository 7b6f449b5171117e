/** `Set-Cookie` values of what was done. */
export interface Cookies {
  readonly cookies: readonly string[];
}

/**
 * `code-needed`: half of it is done. `refused` says nothing of why: whether there is such an account is nobody's business. `limited`: too many guesses,
 * for now.
 */
export type SignInOutcome =
  | ({ readonly kind: 'signed-in' | 'code-needed' } & Cookies)
  | { readonly kind: 'refused' | 'limited' };

/**
 * `over`: the password must be given again. `blocked` and `unreadable`: codes of the app are good no more, recovery
 * codes are.
 */
export type CodeStepOutcome =
  | ({ readonly kind: 'signed-in' } & Cookies)
  | { readonly kind: 'refused' | 'limited' | 'over' | 'blocked' | 'unreadable' };

/** A new password may meet an objection, a sentence for who chose it. */
export type PasswordOutcome =
  | ({ readonly kind: 'done' } & Cookies)
  | { readonly kind: 'refused' | 'limited' }
  | { readonly kind: 'objection'; readonly objection: string };

/** `objection`: the password is too weak to be alone, and must be changed first. */
export type EndFactorOutcome =
  | { readonly kind: 'done' | 'refused' | 'limited' }
  | { readonly kind: 'objection'; readonly objection: string };

/** As `SetUpOutcome`, for who was invited. */
export type InvitationOutcome =
  | ({ readonly kind: 'done' } & Cookies)
  | { readonly kind: 'used' }
  | { readonly kind: 'objection'; readonly field: 'name' | 'password'; readonly objection: string };

/** As `PasswordOutcome`; `used`: the link cannot be used (any more). */
export type SetUpOutcome =
  | ({ readonly kind: 'done' } & Cookies)
  | { readonly kind: 'used' }
  | {
      readonly kind: 'objection';
      readonly field: 'name' | 'email' | 'organisation' | 'password';
      readonly objection: string;
    };
