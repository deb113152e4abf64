import { createPrivateKey, X509Certificate } from 'node:crypto';

// Less is within reach of who would forge a signature (NIST SP 800-131A).
const minModulusBits = 2048;

/** Base64 of the DER of a certificate given as PEM or as base64, or undefined for one that cannot be used here. */
export function readCertificate(text: string): string | undefined {
  return parsed(text)?.raw.toString('base64');
}

/** Whether the key, in PEM and without a pass phrase, is that of the certificate, given as base64. */
export function isKeyOf(key: string, certificate: string): boolean {
  try {
    return parsed(certificate)?.checkPrivateKey(createPrivateKey(key)) ?? false;
  } catch {
    return false;
  }
}

// xml-crypto verifies by RSA alone.
function parsed(text: string): X509Certificate | undefined {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    const isStrong = type === 'rsa' && (details?.modulusLength ?? 0) >= minModulusBits;
    return isStrong ? certificate : undefined;
  } catch {
    return undefined;
  }
}
