import { ApiProblem } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** The browser has no passkey for this, or whoever sits there did not unlock it. */
const noPasskey = (cause?: unknown): ApiProblem =>
  new ApiProblem({
    title: 'The browser gave no passkey',
    status: 422,
    detail:
      cause instanceof Error && cause.name === 'InvalidStateError'
        ? 'This device keeps one for your account already.'
        : 'It did not work, or was cancelled. Try again.',
    code: 'console.passkey',
  });

/** Whether this browser knows passkeys; it does not where the page came without TLS from another machine. */
export const knowsPasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function' &&
  typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function';

/** What the API asked for, as it takes the answer. @throws ApiProblem */
export const showPasskey = (options: Json): Promise<Json> =>
  answerOf(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options as unknown as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );

/** The same for one that is made. @throws ApiProblem */
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
    throw noPasskey(error);
  });
  if (credential === null) throw noPasskey();
  // Some browsers' own `toJSON` is what `JSON.stringify` calls.
  return JSON.parse(JSON.stringify(credential)) as Json;
}
