import type { Generated } from 'kysely';
import type { SealColumn } from '../identity/schema.ts';
import type { Instant } from '../platform/schema.ts';

export interface UserRow {
  id: string;
  name: string;
  /** Lowercase. */
  email: string;
  email_verified: number;
  image: string | null;
  created_at: Instant;
  updated_at: Instant;
  /** When the second factor of now was enabled; null: there is none. */
  second_factor_since: Instant | null;
  seal: SealColumn;
}

/** A way in which a user signs in: a password, later an identity provider. */
export interface SignInMethodRow {
  id: string;
  user_id: string;
  /** `credential`: a password. */
  provider: string;
  provider_account: string;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_token_expires_at: Instant | null;
  refresh_token_expires_at: Instant | null;
  scope: string | null;
  /** A PHC string. */
  password_hash: string | null;
  created_at: Instant;
  updated_at: Instant;
  seal: SealColumn;
}

export interface SessionRow {
  id: string;
  user_id: string;
  /** A cookie holds it with a signature whose key lies in the vault: a copy of this table signs nobody in. */
  token: string;
  /** When it ends unless it is used before. */
  expires_at: Instant;
  address: string | null;
  user_agent: string | null;
  created_at: Instant;
  /** Of the last use, within some minutes. */
  updated_at: Instant;
  seal: SealColumn;
}

export interface OrganisationRow {
  id: string;
  name: string;
  created_at: Instant;
}

export interface MemberRow {
  organisation_id: string;
  user_id: string;
  role: string;
  created_at: Instant;
  /** From then on the member may do nothing; null: no end. */
  until: Instant | null;
  seal: SealColumn;
}

export interface SetUpLinkRow {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  expires_at: Instant;
  seal: SealColumn;
}

export interface PasswordResetRow {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  user_id: string;
  expires_at: Instant;
  /** 1: using it turns the second factor off. */
  ends_second_factor: Generated<number>;
  seal: SealColumn;
}

/** There is one: signing in asks for its code. Its secret is sealed in the vault. */
export interface SecondFactorRow {
  user_id: string;
  enabled_at: Instant;
  /** Number of the half minute whose code was used last: it and those before are not taken again. */
  last_step: number;
  /** Wrong codes in a row. */
  failures: number;
}

/** One that was not used yet. */
export interface RecoveryCodeRow {
  user_id: string;
  /** SHA-256 of the code, hex. */
  code_hash: string;
  seal: SealColumn;
}

/** Somebody knew the password, and is asked for the second factor. */
export interface HalfSignInRow {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  user_id: string;
  expires_at: Instant;
  seal: SealColumn;
}

/** When a session last showed who it is of, by signing in or by being asked. */
export interface SessionProofRow {
  session_id: string;
  proved_at: Instant;
  seal: SealColumn;
}

export interface ApiKeyRow {
  /** SHA-256 of the key, hex. */
  secret_hash: string;
  id: string;
  /** For whom it acts. */
  user_id: string;
  name: string;
  /** JSON list of permissions. */
  scopes: string;
  created_at: Instant;
  expires_at: Instant;
  /** Within some minutes; null: never. */
  last_used_at: Instant | null;
  seal: SealColumn;
}

/** One that signs in. */
export interface PasskeyRow {
  id: string;
  /** Base64url, chosen by the authenticator. */
  credential_id: string;
  user_id: string;
  name: string;
  /** Base64url of a COSE key. */
  public_key: string;
  /** How often it signed, by its own count; 0 from those that do not count. */
  counter: number;
  /** JSON list: how it is reached. */
  transports: string;
  created_at: Instant;
  /** Null: never. */
  last_used_at: Instant | null;
  seal: SealColumn;
}

/** A passkey has answered it, and none does again. */
export interface AnsweredChallengeRow {
  /** SHA-256, hex. */
  challenge_hash: string;
  expires_at: Instant;
}

export interface AttemptRow {
  /** SHA-256 of whom or what is counted, hex. */
  scope: string;
  count: number;
  ends_at: Instant;
}

export interface AccountTables {
  users: UserRow;
  sign_in_methods: SignInMethodRow;
  sessions: SessionRow;
  organisations: OrganisationRow;
  members: MemberRow;
  set_up_links: SetUpLinkRow;
  password_resets: PasswordResetRow;
  api_keys: ApiKeyRow;
  passkeys: PasskeyRow;
  answered_challenges: AnsweredChallengeRow;
  attempts: AttemptRow;
  second_factors: SecondFactorRow;
  recovery_codes: RecoveryCodeRow;
  half_sign_ins: HalfSignInRow;
  session_proofs: SessionProofRow;
}
