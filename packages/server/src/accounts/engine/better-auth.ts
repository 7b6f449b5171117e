import { randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth/minimal';
import type { AuditLog } from '../../audit/index.ts';
import type { IdentitySeals } from '../../identity/index.ts';
import type { Database, Secret } from '../../platform/index.ts';
import { idleSeconds, prolongSeconds, sessionCookie } from '../sessions/session-rules.ts';
import { accountAdapter } from './account-adapter.ts';
import type { Acts } from './acts.ts';
import { beginSession } from './begin-session.ts';
import { addressHeader } from './request-headers.ts';

export interface BetterAuthSettings {
  readonly database: Database;
  readonly acts: Acts;
  readonly audit: AuditLog;
  readonly identity: IdentitySeals;
  /** Signs cookies. */
  readonly secret: Secret;
  /** Where people reach the console: `https://octobox.example.com`. */
  readonly url: string;
}

/** Read with every row, and written by the adapter alone. */
const seal = { type: 'string', required: false, input: false, returned: false } as const;

/** Import this file when somebody asks for an account: it costs 18 MB of memory and a third of a second. */
export type BetterAuth = ReturnType<typeof makeBetterAuth>;

export function makeBetterAuth(settings: BetterAuthSettings) {
  const { secret, url } = settings;
  const { name, secure } = sessionCookie(url);
  return betterAuth({
    appName: 'Octobox',
    baseURL: url,
    secret: secret.reveal(),
    database: accountAdapter(settings),
    telemetry: { enabled: false },
    plugins: [beginSession()],
    // Its messages are about requests of strangers; what matters of them is in the audit log.
    logger: { disabled: true },
    // Ours are in the database and know accounts.
    rateLimit: { enabled: false },
    user: {
      modelName: 'users',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        seal,
        secondFactorSince: { ...seal, fieldName: 'second_factor_since' },
      },
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: { seal },
      expiresIn: idleSeconds,
      updateAge: prolongSeconds,
    },
    account: {
      modelName: 'sign_in_methods',
      fields: {
        userId: 'user_id',
        providerId: 'provider',
        accountId: 'provider_account',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        password: 'password_hash',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
      additionalFields: { seal },
    },
    advanced: {
      // Prefixes of its own would be `__Secure-`; `__Host-` also binds the cookie to this very host.
      useSecureCookies: false,
      cookies: {
        session_token: { name, attributes: { secure } },
      },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // The schema is the work of our migrations, and the check takes PostgreSQL for SQLite here.
      database: { generateId: () => randomUUID(), validateSchema: false },
    },
  });
}
