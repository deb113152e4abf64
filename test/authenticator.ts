import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { Json } from './client.ts';

/** What an authenticator is made to say, where that is not what it should. */
export type Forgery = {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  counter?: number;
  isUserVerified?: boolean;
  userHandle?: string | null;
  /** Signs with another key. */
  key?: KeyObject;
};

export type Authenticator = {
  credentialId: string;
  /** Answers `navigator.credentials.create`. */
  register(options: CreationOptions, forgery?: Forgery): Json;
  /** Answers `navigator.credentials.get`. Its counter goes up by one each time. */
  assert(options: RequestOptions, forgery?: Forgery): Json;
};

type CreationOptions = { challenge: string; rp: { id: string }; user: { id: string } };
type RequestOptions = { challenge: string; rpId: string };

const flags = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 };
const encoded = (bytes: Buffer | string) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

/** A passkey in software, with ES256 and no attestation, which says whatever a test wants it to. */
export function createAuthenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  const credentialId = encoded(id);
  let counter = 0;
  let userHandle = '';
  const shared = { id: credentialId, rawId: credentialId, type: 'public-key', clientExtensionResults: {} };
  const clientData = (type: string, challenge: string, forgery: Forgery) =>
    JSON.stringify({
      type: forgery.type ?? type,
      challenge: forgery.challenge ?? challenge,
      origin: forgery.origin ?? origin,
      crossOrigin: false,
    });
  return {
    credentialId,
    register(options, forgery = {}) {
      userHandle = options.user.id;
      const key = coseKey(publicKey);
      const length = Buffer.from([id.length >> 8, id.length & 0xff]);
      const credential = Buffer.concat([Buffer.alloc(16), length, id, key]);
      const head = authenticatorData(forgery.rpId ?? options.rp.id, counter, forgery, flags.attested);
      const attestationObject = attestation(Buffer.concat([head, credential]));
      const clientDataJSON = encoded(clientData('webauthn.create', options.challenge, forgery));
      const response = {
        clientDataJSON,
        attestationObject: encoded(attestationObject),
        transports: ['internal'],
      };
      return { ...shared, response };
    },
    assert(options, forgery = {}) {
      counter = forgery.counter ?? counter + 1;
      const data = authenticatorData(forgery.rpId ?? options.rpId, counter, forgery, 0);
      const client = clientData('webauthn.get', options.challenge, forgery);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), forgery.key ?? privateKey);
      const handle = forgery.userHandle === undefined ? userHandle : forgery.userHandle;
      const response = {
        clientDataJSON: encoded(client),
        authenticatorData: encoded(data),
        signature: encoded(signature),
        userHandle: handle,
      };
      return { ...shared, response };
    },
  };
}

function authenticatorData(rpId: string, counter: number, { isUserVerified = true }: Forgery, more: number) {
  const head = Buffer.alloc(5);
  head[0] = flags.userPresent | (isUserVerified ? flags.userVerified : 0) | more;
  head.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(rpId), head]);
}

// CBOR of {1: 2, 3: -7, -1: 1, -2: x, -3: y}: an EC2 key of P-256 for ES256 (RFC 9053, section 7.1).
function coseKey(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' }) as { x?: string; y?: string };
  const bytes = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')]);
  return Buffer.concat([
    Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
    bytes(x),
    Buffer.from([0x22]),
    bytes(y),
  ]);
}

// CBOR of {fmt: "none", attStmt: {}, authData}.
function attestation(authData: Buffer): Buffer {
  const name = (text: string) => Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
  const length = Buffer.from([0x59, authData.length >> 8, authData.length & 0xff]);
  return Buffer.concat([
    Buffer.from([0xa3]),
    name('fmt'),
    name('none'),
    name('attStmt'),
    Buffer.from([0xa0]),
    name('authData'),
    length,
    authData,
  ]);
}
