import {
  childrenOf,
  elementsOf,
  namespaces,
  readXml,
  XmlRefused,
  type XmlElement,
  type XmlLimits,
} from './xml.ts';

/** What the metadata of a provider says, as far as it is used. */
export type ProviderMetadata = { entityId: string; ssoUrl: string; certificates: string[] };

/** Why metadata cannot be used: part of a code that is published. */
export type MetadataProblem = 'malformed' | 'without_provider' | 'without_redirect' | 'without_certificate';

// Only read here. Of Active Directory Federation Services it has some thousands.
const limits: XmlLimits = { elements: 10_000, attributes: 20_000 };
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const { metadata, signature, protocol } = namespaces;

/**
 * Reads the metadata of one provider of SAML 2.0. Comments are passed over. Its own signature is not looked at: who gives
 * it, or its address, is trusted to.
 */
export function readMetadata(text: string): ProviderMetadata | { problem: MetadataProblem } {
  let root: XmlElement;
  try {
    root = readXml(text.replaceAll(/<!--(?:(?!--)[^])*-->/g, ''), limits);
  } catch (error) {
    if (error instanceof XmlRefused) return { problem: 'malformed' };
    throw error;
  }
  const entities = [...elementsOf(root)].filter((each) => isOf(each, metadata, 'EntityDescriptor'));
  const providers = entities.flatMap((entity) =>
    childrenOf(entity, metadata, 'IDPSSODescriptor')
      .filter(speaksSaml2)
      .map((descriptor) => ({ descriptor, entityId: entity.attributes.get('entityID') ?? '' })),
  );
  const [only] = providers;
  if (!only || providers.length > 1 || only.entityId === '') return { problem: 'without_provider' };
  const ssoUrl = childrenOf(only.descriptor, metadata, 'SingleSignOnService')
    .find((each) => each.attributes.get('Binding') === redirectBinding)
    ?.attributes.get('Location');
  if (ssoUrl === undefined) return { problem: 'without_redirect' };
  const certificates = childrenOf(only.descriptor, metadata, 'KeyDescriptor')
    .filter((each) => (each.attributes.get('use') ?? 'signing') === 'signing')
    .flatMap((each) => [...elementsOf(each)].filter((part) => isOf(part, signature, 'X509Certificate')))
    .map((each) => each.text.replaceAll(/\s/g, ''));
  if (certificates.length === 0) return { problem: 'without_certificate' };
  return { entityId: only.entityId, ssoUrl, certificates: [...new Set(certificates)] };
}

function speaksSaml2(descriptor: XmlElement): boolean {
  const protocols = descriptor.attributes.get('protocolSupportEnumeration') ?? '';
  return protocols.split(/\s+/).includes(protocol);
}

function isOf(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespace === namespace;
}
