import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** PEM, as TLS servers take them. */
export type TestCertificate = { cert: string; key: string };
export type TestAuthority = TestCertificate & {
  /** A certificate of it for hosts, names or IPv4 addresses; valid for a day either way unless said. */
  issue(hosts: string | readonly string[], validity?: { from?: Date; until?: Date }): TestCertificate;
};

const dayMs = 86_400_000;
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const commonName = '2.5.4.3';
const subjectAltName = '2.5.29.17';
const basicConstraints = '2.5.29.19';

/** A certificate authority that nobody knows, made anew: X.509 v3 (RFC 5280) with ECDSA on P-256. */
export function makeAuthority(): TestAuthority {
  const name = 'Test authority';
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension(basicConstraints, sequence(tlv(0x01, Buffer.from([0xff]))));
  const own = build({
    subject: name,
    issuer: name,
    spki: keys.publicKey,
    signer: keys.privateKey,
    extensions: [isAuthority],
  });
  return {
    cert: own,
    key: pemOf(keys.privateKey),
    issue(hosts, { from, until } = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = [hosts].flat();
      const cert = build({
        subject: names[0] ?? '',
        issuer: name,
        spki: publicKey,
        signer: keys.privateKey,
        extensions: [extension(subjectAltName, sequence(...names.map(alternativeOf)))],
        from,
        until,
      });
      return { cert, key: pemOf(privateKey) };
    },
  };
}

/** A certificate, by an authority that nobody knows, of a key of whatever kind. */
export function makeCertificate(spki: KeyObject, subject: string): string {
  const { privateKey: signer } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return build({
    subject,
    issuer: 'Test authority',
    spki,
    signer,
    extensions: [extension(basicConstraints, sequence())],
  });
}

function alternativeOf(host: string): Buffer {
  return isIPv4(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));
}

type Contents = {
  subject: string;
  issuer: string;
  spki: KeyObject;
  signer: KeyObject;
  extensions: Buffer[];
  from?: Date | undefined;
  until?: Date | undefined;
};

function build({ subject, issuer, spki, signer, extensions, from, until }: Contents): string {
  const algorithm = sequence(objectId(ecdsaWithSha256));
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    nameOf(issuer),
    sequence(time(from ?? new Date(Date.now() - dayMs)), time(until ?? new Date(Date.now() + dayMs))),
    nameOf(subject),
    spki.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, signer);
  const certificate = sequence(
    toBeSigned,
    algorithm,
    tlv(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const base64 = certificate.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

// DER (ITU-T X.690): tag, length, value.
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 0x80
      ? Buffer.from([length])
      : length < 0x100
        ? Buffer.from([0x81, length])
        : Buffer.from([0x82, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), size, value]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function nameOf(text: string): Buffer {
  return sequence(tlv(0x31, sequence(objectId(commonName), tlv(0x0c, Buffer.from(text)))));
}

// UTCTime: YYMMDDHHMMSSZ.
function time(at: Date): Buffer {
  return tlv(
    0x17,
    Buffer.from(
      `${at
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2, 14)}Z`,
    ),
  );
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(objectId(oid), tlv(0x04, value));
}
