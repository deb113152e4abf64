import { readMessage, refused } from './response.ts';
import { childOf, childrenOf, namespaces, type XmlElement } from './xml.ts';

/** What an assertion must say. Times are in milliseconds. */
export type Expected = {
  issuer: string;
  acsUrl: string;
  requestId: string;
  subjectAttribute: string | null;
  now: number;
  clockSkewMs: number;
};

/** What an assertion said of somebody. */
export type Asserted = {
  id: string;
  /** After it, nobody takes the assertion. */
  expiresAt: Date;
  subject: string;
  /** A text where there is one value, else a list. */
  attributes: Readonly<Record<string, string | string[]>>;
  usedSecondFactor: boolean;
};

const { assertion: assertions } = namespaces;
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const maxSubjectLength = 500;

// REFEDS MFA, what Microsoft says, and what SAML itself has for a second thing that one holds.
const strongContexts = new Set([
  'https://refeds.org/profile/mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract',
]);
const microsoftMethods = 'http://schemas.microsoft.com/claims/authnmethodsreferences';

/**
 * Reads an assertion whose signature, times and audience were verified, from the very text that was signed; and checks what
 * the library leaves to its users: who issued it, for which address, for which request, and that a bearer may bring it.
 * Throws `SignOnRefused`.
 */
export function readAssertion(signedXml: string, expected: Expected): Asserted {
  const assertion = readMessage(signedXml);
  if (assertion.name !== 'Assertion' || assertion.namespace !== assertions) throw refused('no_assertion');
  if (childOf(assertion, assertions, 'Issuer')?.text.trim() !== expected.issuer)
    throw refused('other_issuer');
  if (childrenOf(assertion, assertions, 'AuthnStatement').length === 0) throw refused('no_authentication');
  const subject = childOf(assertion, assertions, 'Subject');
  const id = assertion.attributes.get('ID');
  if (!subject || id === undefined) throw refused('no_subject');
  const expiresAt = confirmedUntil(subject, expected);
  const attributes = attributesOf(assertion);
  return {
    id,
    expiresAt: new Date(expiresAt + expected.clockSkewMs),
    subject: subjectOf(subject, attributes, expected.subjectAttribute),
    attributes,
    usedSecondFactor: isStrong(assertion, attributes),
  };
}

/** Until when a bearer may bring it to this address in answer to this request (SAML profiles 2.0, 4.1.4.3). */
function confirmedUntil(subject: XmlElement, expected: Expected): number {
  const { acsUrl, requestId, now, clockSkewMs } = expected;
  const confirmations = childrenOf(subject, assertions, 'SubjectConfirmation')
    .filter((each) => each.attributes.get('Method') === bearer)
    .map((each) => childOf(each, assertions, 'SubjectConfirmationData')?.attributes);
  const forUs = confirmations.filter((data) => data?.get('Recipient') === acsUrl);
  if (forUs.length === 0) throw refused('other_recipient');
  const answering = forUs.filter((data) => data?.get('InResponseTo') === requestId);
  if (answering.length === 0) throw refused('other_request');
  const until = answering
    .filter((data) => !(Date.parse(data?.get('NotBefore') ?? '') > now + clockSkewMs))
    .map((data) => Date.parse(data?.get('NotOnOrAfter') ?? ''))
    .filter((end) => now - clockSkewMs < end);
  if (until.length === 0) throw refused('expired');
  return Math.max(...until);
}

function subjectOf(
  subject: XmlElement,
  attributes: Asserted['attributes'],
  subjectAttribute: string | null,
): string {
  const nameId = childOf(subject, assertions, 'NameID');
  const isTransient = subjectAttribute === null && nameId?.attributes.get('Format') === transient;
  // Another each time: nobody is known again by it.
  if (isTransient) throw refused('name_is_transient');
  const found = subjectAttribute === null ? nameId?.text.trim() : attributes[subjectAttribute];
  if (typeof found !== 'string' || found === '' || found.length > maxSubjectLength)
    throw refused('no_subject');
  return found;
}

/** All values of each attribute; some providers send an element for each. */
function attributesOf(assertion: XmlElement): Record<string, string | string[]> {
  const pairs = childrenOf(assertion, assertions, 'AttributeStatement')
    .flatMap((statement) => childrenOf(statement, assertions, 'Attribute'))
    .flatMap((each) =>
      childrenOf(each, assertions, 'AttributeValue').map(
        (value) => [each.attributes.get('Name') ?? '', value.text.trim()] as const,
      ),
    );
  const lists = [...Map.groupBy(pairs, ([name]) => name)].map(
    ([name, those]): [string, string | string[]] => {
      const values = those.map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    },
  );
  return Object.fromEntries(lists);
}

function isStrong(assertion: XmlElement, attributes: Asserted['attributes']): boolean {
  const contexts = childrenOf(assertion, assertions, 'AuthnStatement')
    .flatMap((statement) => childrenOf(statement, assertions, 'AuthnContext'))
    .flatMap((context) => childrenOf(context, assertions, 'AuthnContextClassRef'))
    .map(({ text }) => text.trim());
  return [...contexts, ...[attributes[microsoftMethods] ?? []].flat()].some((each) =>
    strongContexts.has(each),
  );
}
