import { SignOnRefused } from '../outcome.ts';
import {
  childOf,
  childrenOf,
  elementsOf,
  namespaces,
  readXml,
  XmlRefused,
  type XmlElement,
  type XmlLimits,
} from './xml.ts';

/** A response whose parts stand where they must. Nothing of it is verified yet. */
export type ResponseShape = {
  /** Whether it has a signature of its own, beside that of its assertion. */
  isSigned: boolean;
  destination: string | undefined;
  inResponseTo: string | undefined;
  issuer: string | undefined;
};

const { protocol, assertion: assertions, signature: signatures } = namespaces;
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

// By the elements that name them, wherever they stand. No SHA-1, no HMAC, no transform that runs or leaves anything out.
const algorithms = new Map<string, ReadonlySet<string | undefined>>(
  Object.entries({
    SignatureMethod: new Set([
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
      'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
    ]),
    DigestMethod: new Set([
      'http://www.w3.org/2001/04/xmlenc#sha256',
      'http://www.w3.org/2001/04/xmlenc#sha512',
    ]),
    CanonicalizationMethod: new Set(['http://www.w3.org/2001/10/xml-exc-c14n#']),
    Transform: new Set([
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
    ]),
  }),
);

// The library's time grows with their square, and anybody can have it look; some hundreds of groups fit in.
const limits: XmlLimits = { elements: 500, attributes: 2_000 };

/**
 * Reads a response and holds it to the one shape that an honest provider sends: one assertion, directly in it, signed, no
 * second element of the same name or id anywhere, each signature in the element that it signs. Whatever wraps a signature
 * has another shape. Throws `SignOnRefused`; `provider_refused` where the provider says that it let nobody in.
 */
export function readResponse(xml: string): ResponseShape {
  const root = readMessage(xml);
  if (root.name !== 'Response' || root.namespace !== protocol) throw refused('no_response');
  const all = [...elementsOf(root)];
  const code = childOf(childOf(root, protocol, 'Status') ?? root, protocol, 'StatusCode');
  if (code?.attributes.get('Value') !== success) throw new SignOnRefused('provider_refused', statusOf(code));
  if (all.some(({ name }) => name.startsWith('Encrypted'))) throw refused('encrypted');
  const assertion = childOf(root, assertions, 'Assertion');
  const isAlone = (name: string) => all.filter((each) => each.name === name).length === 1;
  if (!assertion || !isAlone('Assertion') || !isAlone('Response')) throw refused('not_one_assertion');
  if (!areIdsUnique(all)) throw refused('ids_repeated');
  if (!all.every(hasGoodAlgorithm)) throw refused('algorithm_refused');
  const signed = [root, assertion].filter((each) => hasOwnSignature(each));
  if (!signed.includes(assertion)) throw refused('not_signed');
  if (all.filter(({ name }) => name === 'Signature').length !== signed.length)
    throw refused('signature_elsewhere');
  return {
    isSigned: signed.includes(root),
    destination: root.attributes.get('Destination'),
    inResponseTo: root.attributes.get('InResponseTo'),
    issuer: childOf(root, assertions, 'Issuer')?.text.trim(),
  };
}

/** Reads XML of a provider's. Throws `SignOnRefused`. */
export function readMessage(xml: string): XmlElement {
  try {
    return readXml(xml, limits);
  } catch (error) {
    throw error instanceof XmlRefused ? refused('not_such_xml') : error;
  }
}

export function refused(detail: string): SignOnRefused {
  return new SignOnRefused('answer_invalid', detail);
}

/** As xml-crypto finds them: under three names, by whatever prefix. */
function areIdsUnique(all: readonly XmlElement[]): boolean {
  const ids = all.flatMap(({ attributes }) =>
    [...attributes].filter(([name]) => /^(?:[^:]*:)?(?:Id|ID|id)$/.test(name)).map(([, value]) => value),
  );
  return new Set(ids).size === ids.length && ids.every((each) => /^[A-Za-z_][\w.-]*$/.test(each));
}

function hasGoodAlgorithm({ name, attributes }: XmlElement): boolean {
  return algorithms.get(name)?.has(attributes.get('Algorithm')) ?? true;
}

/** Whether one signature stands directly in it, and refers to nothing but it. */
function hasOwnSignature(element: XmlElement): boolean {
  const signature = childOf(element, signatures, 'Signature');
  if (!signature) return false;
  const parts = signature.children.map(({ name }) => name);
  const isPlain = parts.every((name, index) => name === ['SignedInfo', 'SignatureValue', 'KeyInfo'][index]);
  const signedInfo = childOf(signature, signatures, 'SignedInfo');
  const references = signedInfo ? childrenOf(signedInfo, signatures, 'Reference') : [];
  const [reference] = references;
  return (
    isPlain &&
    references.length === 1 &&
    reference?.attributes.get('URI') === `#${element.attributes.get('ID') ?? ''}`
  );
}

/** The last part of the innermost status, of letters alone: what others wrote does not get into the log. */
function statusOf(code: XmlElement | undefined): string {
  const inner = code && (childOf(code, protocol, 'StatusCode') ?? code);
  const [last] = /[A-Za-z]{1,40}$/.exec(inner?.attributes.get('Value') ?? '') ?? ['unknown'];
  return `status_${last}`;
}
