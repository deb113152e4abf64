/** How an attacker who has one signed answer builds another around it. */
type Wrapping = {
  signs: 'assertion' | 'response';
  /** `forge` makes of a copy what the attacker wants. */
  wrap: (xml: string, forge: (copy: string) => string) => string;
  /** Why it is refused. */
  detail: string;
};

const signatureIn = (xml: string) => /<ds:Signature.*<\/ds:Signature>/s.exec(xml)?.[0] ?? '';
const assertionIn = (xml: string) => /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
const withoutSignature = (xml: string) => xml.replace(signatureIn(xml), '');
const withNewId = (xml: string) => xml.replace(/ ID="[^"]*"/, ' ID="_evil"');
const within = (xml: string, tag: string, more: string) => xml.replace(`</${tag}>`, () => `${more}</${tag}>`);
const after = (xml: string, part: string, more: string) => xml.replace(part, () => part + more);

/**
 * Signature wrapping in the forms that are published as XSW1 to XSW8 (Somorovsky et al., "On Breaking SAML", 2012; numbered
 * as in SAML Raider), each with the assertion that an attacker would want to be read.
 */
export const wrappings: Readonly<Record<string, Wrapping>> = {
  'XSW1: the signed response within the signature of another': {
    signs: 'response',
    wrap(xml, forge) {
      const signature = within(signatureIn(xml), 'ds:Signature', withoutSignature(xml));
      return withNewId(forge(xml)).replace(signatureIn(xml), () => signature);
    },
    detail: 'not_one_assertion',
  },
  'XSW2: the signed response before the signature of another': {
    signs: 'response',
    wrap: (xml, forge) =>
      withNewId(forge(xml)).replace(signatureIn(xml), () => withoutSignature(xml) + signatureIn(xml)),
    detail: 'not_one_assertion',
  },
  'XSW3: another assertion before the signed one': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(withoutSignature(assertionIn(xml))));
      return xml.replace(assertionIn(xml), () => evil + assertionIn(xml));
    },
    detail: 'not_one_assertion',
  },
  'XSW4: the signed assertion within another': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(withoutSignature(assertionIn(xml))));
      return xml.replace(assertionIn(xml), () => within(evil, 'saml:Assertion', assertionIn(xml)));
    },
    detail: 'not_one_assertion',
  },
  'XSW5: the signature in another assertion, the signed one behind it': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(assertionIn(xml)));
      return xml.replace(assertionIn(xml), () => evil + withoutSignature(assertionIn(xml)));
    },
    detail: 'not_one_assertion',
  },
  'XSW6: the signature in another assertion, the signed one within it': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(assertionIn(xml)));
      const signed = withoutSignature(assertionIn(xml));
      return xml.replace(assertionIn(xml), () => within(evil, 'ds:Signature', signed));
    },
    detail: 'not_one_assertion',
  },
  'XSW7: another assertion in the extensions': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = forge(withoutSignature(assertionIn(xml)));
      return after(xml, '</saml:Issuer>', `<samlp:Extensions>${evil}</samlp:Extensions>`);
    },
    detail: 'not_one_assertion',
  },
  'XSW8: the signed assertion in an object of the signature': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(assertionIn(xml)));
      const signed = `<ds:Object>${withoutSignature(assertionIn(xml))}</ds:Object>`;
      return xml.replace(assertionIn(xml), () => within(evil, 'ds:Signature', signed));
    },
    detail: 'not_one_assertion',
  },
  'by another name: the signed assertion stands as something else': {
    signs: 'assertion',
    wrap(xml, forge) {
      const evil = withNewId(forge(assertionIn(xml)));
      const kept = withoutSignature(assertionIn(xml)).replaceAll('saml:Assertion', 'saml:Advice');
      return after(
        xml.replace(assertionIn(xml), () => evil),
        '</samlp:Status>',
        kept,
      );
    },
    detail: 'not_signed',
  },
  'by a second signature in the assertion': {
    signs: 'assertion',
    wrap: (xml) => after(xml, signatureIn(xml), signatureIn(xml)),
    detail: 'not_signed',
  },
  'by a second reference in the signature': {
    signs: 'assertion',
    wrap: (xml) => xml.replace(/<ds:Reference.*<\/ds:Reference>/s, '$&$&'),
    detail: 'not_signed',
  },
  'by a digest that a comment cuts in two (CVE-2025-29775)': {
    signs: 'assertion',
    wrap: (xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!--forged-->'),
    detail: 'not_such_xml',
  },
  'by two signed infos (CVE-2025-29774)': {
    signs: 'assertion',
    wrap: (xml) => xml.replace(/<ds:SignedInfo>.*<\/ds:SignedInfo>/s, '$&$&'),
    detail: 'not_signed',
  },
};
