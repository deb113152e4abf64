/** Why a request had no answer; published with the attempts of webhooks. New ones are added, none is renamed. */
export const failureCodes = [
  'address_refused',
  'name_not_found',
  'connection_failed',
  'connection_lost',
  'tls_failed',
  'timeout',
  'invalid_answer',
] as const;
export type FailureCode = (typeof failureCodes)[number];
export type Failure = { code: FailureCode; message: string };

/** An address that no request may go to. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

const texts: Readonly<Record<string, readonly [FailureCode, string]>> = {
  ENOTFOUND: ['name_not_found', 'The name of the host has no address.'],
  ENODATA: ['name_not_found', 'The name of the host has no address.'],
  EBADNAME: ['name_not_found', 'The name of the host is not a valid one.'],
  ESERVFAIL: ['name_not_found', 'The DNS server could not look the name up.'],
  ETIMEOUT: ['name_not_found', 'The DNS server did not answer.'],
  EREFUSED: ['name_not_found', 'The DNS server refused to look the name up.'],
  ECONNREFUSED: ['connection_failed', 'Nothing listens at this address and port.'],
  EHOSTUNREACH: ['connection_failed', 'No way leads to this address.'],
  ENETUNREACH: ['connection_failed', 'No way leads to this address.'],
  ETIMEDOUT: ['connection_failed', 'The connection was not answered.'],
  ECONNRESET: ['connection_lost', 'The other side closed the connection before it had answered.'],
  EPIPE: ['connection_lost', 'The other side closed the connection before it had answered.'],
  CERT_HAS_EXPIRED: ['tls_failed', 'The certificate has expired.'],
  CERT_NOT_YET_VALID: ['tls_failed', 'The certificate is not valid yet.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls_failed', 'The certificate is signed by itself, not by an authority.'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls_failed', 'The certificate comes from an authority that is not known.'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls_failed', 'The certificate comes without the chain to an authority.'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'tls_failed',
    'The certificate comes from an authority that is not known.',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls_failed', 'The certificate is for another host.'],
  EPROTO: ['tls_failed', 'The other side does not speak TLS as it should.'],
};

/** What is told of a failed request: our words, never text of the other side. */
export function failureOf(error: unknown, timeoutMs: number): Failure {
  if (error instanceof AddressRefused) return { code: 'address_refused', message: error.message };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { code: 'timeout', message: `There was no whole answer within ${timeoutMs / 1000} s.` };
  const code = codeOf(error);
  const [known, message] = texts[code] ?? [];
  if (known && message !== undefined) return { code: known, message };
  if (/^(?:ERR_SSL|ERR_TLS|CERT_|UNABLE_TO)/.test(code))
    return { code: 'tls_failed', message: `TLS failed: ${code}.` };
  if (code.startsWith('HPE_')) return { code: 'invalid_answer', message: `The answer is not HTTP: ${code}.` };
  return { code: 'connection_failed', message: code === '' ? 'The request failed.' : `It failed: ${code}.` };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  // Several addresses were tried: the first failure speaks for all.
  const single: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  return single instanceof Error && 'code' in single ? String(single.code) : '';
}
