import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { makeCertificate } from '#test/certificates.ts';

/** What a provider of SAML is made to say where that is not what it should. Times are in seconds from now. */
export type SamlForgery = {
  subject?: string;
  nameIdFormat?: string;
  attributes?: Record<string, string | string[]>;
  context?: string;
  status?: string;
  issuer?: string;
  responseIssuer?: string;
  audience?: string;
  recipient?: string;
  destination?: string | null;
  inResponseTo?: string;
  responseInResponseTo?: string;
  assertionId?: string;
  method?: string;
  notBefore?: number;
  notOnOrAfter?: number;
  confirmedUntil?: number;
  issuedAt?: number;
  signs?: readonly ('assertion' | 'response')[];
  /** With the key of somebody else, or with HMAC and the certificate as its key. */
  signedBy?: 'other' | 'certificate';
  signatureAlgorithm?: string;
  digestAlgorithm?: string;
  canonicalization?: string;
  /** Before it is signed, and afterwards. */
  write?: (xml: string) => string;
  tamper?: (xml: string) => string;
  encoding?: 'utf8' | 'latin1';
};

export type SamlProvider = {
  entityId: string;
  ssoUrl: string;
  /** PEM. */
  certificate: string;
  privateKey: KeyObject;
  metadata: string;
  /** The form that a browser posts, for the address that a sign-in led to. */
  answer(location: string, forgery?: SamlForgery): URLSearchParams;
};

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
export const algorithms = {
  rsaSha1: `${dsig}rsa-sha1`,
  rsaSha256: `${more}rsa-sha256`,
  rsaSha512: `${more}rsa-sha512`,
  rsaPss: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  hmacSha1: `${dsig}hmac-sha1`,
  sha1: `${dsig}sha1`,
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
} as const;

/** A provider that signs as a real one does, or as it is told to. It lets in `one`. No browser sees a page of it. */
export function createSamlProvider(ssoUrl = 'https://idp.example/sso?tenant=1'): SamlProvider {
  const entityId = `https://idp.example/${randomUUID()}`;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = makeCertificate(publicKey, 'A provider');
  return {
    entityId,
    ssoUrl,
    certificate,
    privateKey,
    metadata: metadataOf(entityId, ssoUrl, [certificate]),
    answer(location, forgery = {}) {
      const { searchParams } = new URL(location);
      const request = requestIn(location);
      const xml = written(entityId, request, forgery);
      const signed = (forgery.signs ?? ['assertion']).reduce(
        (text, what) => sign(text, what, forgery, { privateKey, certificate }),
        (forgery.write ?? same)(xml),
      );
      return new URLSearchParams({
        SAMLResponse: Buffer.from((forgery.tamper ?? same)(signed), forgery.encoding).toString('base64'),
        RelayState: searchParams.get('RelayState') ?? '',
      });
    },
  };
}

const same = (xml: string) => xml;

/** The request of a sign-in, as it stands in the address. */
export function requestIn(location: string) {
  const encoded = new URL(location).searchParams.get('SAMLRequest') ?? '';
  const xml = inflateRawSync(Buffer.from(encoded, 'base64')).toString();
  const valueOf = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(xml)?.[1] ?? '';
  const issuer = /<saml:Issuer[^>]*>([^<]*)</.exec(xml)?.[1] ?? '';
  return { xml, id: valueOf('ID'), acsUrl: valueOf('AssertionConsumerServiceURL'), issuer };
}

function metadataOf(entityId: string, ssoUrl: string, certificates: readonly string[]): string {
  const keys = certificates.map(
    (
      each,
    ) => `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${dsig}"><ds:X509Data><ds:X509Certificate>
${each.replaceAll(/-----[^-]+-----/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- As a provider's administrator would send it. -->
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/post"/>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`;
}

type Request = ReturnType<typeof requestIn>;

function written(entityId: string, { id, acsUrl, issuer: asking }: Request, forgery: SamlForgery): string {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const f = {
    issuer: entityId,
    recipient: acsUrl,
    inResponseTo: id,
    audience: asking,
    assertionId: `_${randomUUID()}`,
    subject: 'one',
    nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    notBefore: -5,
    notOnOrAfter: 300,
    issuedAt: 0,
    destination: acsUrl,
    ...forgery,
  };
  const attributes = Object.entries(forgery.attributes ?? {}).map(
    ([name, value]) =>
      `<saml:Attribute Name="${name}">${[value]
        .flat()
        .map((each) => `<saml:AttributeValue>${each}</saml:AttributeValue>`)
        .join('')}</saml:Attribute>`,
  );
  const statement =
    attributes.length > 0 ? `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>` : '';
  const destination = f.destination === null ? '' : ` Destination="${f.destination}"`;
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at(0)}"${destination} InResponseTo="${f.responseInResponseTo ?? f.inResponseTo}"><saml:Issuer>${f.responseIssuer ?? f.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${f.status}"/></samlp:Status><saml:Assertion ID="${f.assertionId}" Version="2.0" IssueInstant="${at(f.issuedAt)}"><saml:Issuer>${f.issuer}</saml:Issuer><saml:Subject><saml:NameID Format="${f.nameIdFormat}">${f.subject}</saml:NameID><saml:SubjectConfirmation Method="${f.method}"><saml:SubjectConfirmationData InResponseTo="${f.inResponseTo}" Recipient="${f.recipient}" NotOnOrAfter="${at(f.confirmedUntil ?? f.notOnOrAfter)}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(f.notBefore)}" NotOnOrAfter="${at(f.notOnOrAfter)}"><saml:AudienceRestriction><saml:Audience>${f.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>${f.context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>${statement}</saml:Assertion></samlp:Response>`;
}

function sign(
  xml: string,
  what: 'assertion' | 'response',
  forgery: SamlForgery,
  own: { privateKey: KeyObject; certificate: string },
): string {
  const name = what === 'assertion' ? 'Assertion' : 'Response';
  const signing = new SignedXml();
  if (forgery.signedBy === 'certificate') signing.enableHMAC();
  else signing.publicCert = own.certificate;
  const hmac = forgery.signedBy === 'certificate' ? algorithms.hmacSha1 : undefined;
  signing.privateKey = keyOf(forgery, own);
  signing.signatureAlgorithm = hmac ?? forgery.signatureAlgorithm ?? algorithms.rsaSha256;
  signing.canonicalizationAlgorithm = forgery.canonicalization ?? algorithms.exclusive;
  signing.addReference({
    xpath: `//*[local-name(.)='${name}']`,
    transforms: [`${dsig}enveloped-signature`, forgery.canonicalization ?? algorithms.exclusive],
    digestAlgorithm: forgery.digestAlgorithm ?? algorithms.sha256,
  });
  signing.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `//*[local-name(.)='${name}']/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signing.getSignedXml();
}

function keyOf(forgery: SamlForgery, own: { privateKey: KeyObject; certificate: string }): string {
  if (forgery.signedBy === 'certificate') return own.certificate;
  const isOther = forgery.signedBy === 'other';
  const key = isOther ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : own.privateKey;
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
