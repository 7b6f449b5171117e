type Json = Readonly<Record<string, unknown>>;

/** The browser has no passkey for this, or whoever sits there did not unlock it. */
export class PasskeyNotShown extends Error {
  constructor(cause?: unknown) {
    super('It did not work, or was cancelled. Try again.', { cause });
    this.name = 'PasskeyNotShown';
  }
}

/** Whether this browser knows passkeys; it does not where the page came without TLS from another machine. */
export const knowsPasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';

/** What the API asked for, as it takes the answer. @throws PasskeyNotShown */
export const showPasskey = (options: Json): Promise<Json> =>
  answerOf(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options as unknown as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );

/** The same for one that is made. @throws PasskeyNotShown */
export const makePasskey = (options: Json): Promise<Json> =>
  answerOf(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options as unknown as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );

async function answerOf(give: () => Promise<Credential | null>): Promise<Json> {
  const credential = await give().catch((error: unknown) => {
    throw new PasskeyNotShown(error);
  });
  if (credential === null) throw new PasskeyNotShown();
  // Some browsers' own `toJSON` is what `JSON.stringify` calls.
  return JSON.parse(JSON.stringify(credential)) as Json;
}
