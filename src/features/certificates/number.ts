/** Crockford's base 32: no I, L, O and U, so that nothing is misread and no word appears by chance. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const PREFIX = 'LMS';
/** 16 characters of 5 bits: 80 bits, so that a number can be neither guessed nor met by searching. */
const LENGTH = 16;

/** A new number, `LMS-XXXX-XXXX-XXXX-XXXX`. `randomBytes` must be cryptographic: node:crypto's. */
export function newCertificateNumber(randomBytes: (count: number) => Uint8Array): string {
  // One byte a character: 256 is a multiple of 32, so each character is equally likely.
  const characters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return format(characters.join(''));
}

/**
 * The canonical form of a number as people type or paste it: any case, spaces and dashes anywhere, with or without
 * the prefix, O for 0, I or L for 1. undefined for what cannot be a number.
 */
export function normaliseCertificateNumber(input: string): string | undefined {
  if (input.length > 100) return undefined;
  const typed = input
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase();
  // By length and not by its letters: a number may itself begin with "1MS", typed as "LMS".
  const body = typed.length === PREFIX.length + LENGTH && typed.startsWith(PREFIX) ? typed.slice(3) : typed;
  const digits = body.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(digits) ? format(digits) : undefined;
}

function format(digits: string): string {
  return [PREFIX, ...(digits.match(/.{4}/g) ?? [])].join('-');
}
