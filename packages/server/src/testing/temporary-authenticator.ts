/**
 * An authenticator for tests that need no browser: one key on P-256, unlocked, in the formats of WebAuthn Level 3 (section 6.1,
 * authenticator data; 6.5.4, attestation objects with the statement `none`).
 */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

interface Question {
  readonly challenge: string;
  readonly rp?: { readonly id?: string };
  readonly rpId?: string;
}

/** Of the flags: somebody was there, and unlocked it. */
const unlocked = 0x05;
const hasCredential = 0x40;

export function softwareAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const credentialId = randomBytes(16);
  const id = credentialId.toString('base64url');
  let counter = 0;

  const data = (rpId: string, flags: number, more: Buffer = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    counter += 1;
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), head, more]);
  };
  const clientData = (type: string, challenge: string): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const answer = (response: Readonly<Record<string, unknown>>) => ({
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response },
  });

  return {
    /** What `navigator.credentials.create` gives, as JSON. */
    create({ challenge, rp }: Question) {
      const length = Buffer.from([0, credentialId.length]);
      const credential = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(x, y)]);
      const authData = data(rp?.id ?? '', unlocked | hasCredential, credential);
      return answer({
        clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
        attestationObject: attestation(authData).toString('base64url'),
        transports: ['internal'],
      });
    },
    /** What `navigator.credentials.get` gives, as JSON. */
    get({ challenge, rpId }: Question) {
      const client = clientData('webauthn.get', challenge);
      const authenticatorData = data(rpId ?? '', unlocked);
      const signed = Buffer.concat([authenticatorData, createHash('sha256').update(client).digest()]);
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: createSign('sha256').update(signed).sign(privateKey).toString('base64url'),
      });
    },
  };
}

/** RFC 9053, 7.1.1, as CBOR: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`. */
const coseKey = (x: string, y: string): Buffer =>
  Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
    Buffer.from(x, 'base64url'),
    Buffer.from([0x22, 0x58, 0x20]),
    Buffer.from(y, 'base64url'),
  ]);

/** `{fmt: 'none', attStmt: {}, authData}` */
const attestation = (authData: Buffer): Buffer =>
  Buffer.concat([
    ...[Buffer.from([0xa3]), cborText('fmt'), cborText('none')],
    ...[cborText('attStmt'), Buffer.from([0xa0]), cborText('authData')],
    ...[Buffer.from([0x58, authData.length]), authData],
  ]);

/** Shorter than 24 bytes. */
const cborText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
