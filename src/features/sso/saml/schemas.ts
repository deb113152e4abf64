import { Type, type Static } from 'typebox';
import { integer, named, nullable, object, oneLine, oneOf, text } from '#platform/http/schema.ts';
import { allOptional } from '../optional.ts';
import { nameIdFormats } from './settings.ts';

const certificate = text(1, 8_000);
const samlFields = {
  ssoUrl: text(1, 2_000, { description: 'Where the provider signs people in, by HTTP-Redirect.' }),
  certificates: Type.Array(certificate, {
    minItems: 1,
    maxItems: 5,
    description: 'X.509, PEM or base64, with RSA keys. Two at once while the provider changes its own.',
  }),
  nameIdFormat: oneOf(nameIdFormats, { description: 'Of the names of people that are asked for.' }),
  subjectAttribute: nullable(
    oneLine(1, 200, { description: 'Which attribute says who it is, in place of the name identifier.' }),
  ),
  wantsResponseSigned: Type.Boolean({
    description: 'The response too. An assertion must be, whatever this is.',
  }),
  clockSkewSeconds: integer(0, 180, { description: 'By how much its clock may differ.' }),
  vouchesForAddresses: Type.Boolean({
    description: 'Its addresses count as verified. Only where nobody writes their own there.',
  }),
  signingCertificate: nullable({ ...certificate, description: 'Of `signingKey`: told to the provider.' }),
};
const samlGiven = {
  metadata: text(1, 200_000, {
    description: 'XML of the provider: read for its entity id, address and certificates.',
  }),
  metadataUrl: text(1, 2_000, { description: 'The same, read now and not again.' }),
  signingKey: nullable(
    Type.String({
      minLength: 1,
      maxLength: 8_000,
      description: 'PEM, RSA: signs our requests. Stored encrypted and told to nobody.',
    }),
  ),
};
export const samlInput = named('SsoSamlInput', object(allOptional({ ...samlFields, ...samlGiven })));
export type SamlInput = Static<typeof samlInput>;
export const samlShown = named(
  'SsoSaml',
  object({
    ...samlFields,
    hasSigningKey: Type.Boolean(),
    ownMetadataUrl: Type.String({ description: 'To be given to the provider.' }),
  }),
);
/** The bytes of XML: no JSON. */
export const ownMetadata = Type.Unsafe<Buffer>({
  description: 'Metadata of SAML 2.0.',
  content: { 'application/samlmetadata+xml': { schema: { type: 'string' } } },
});
/** As a provider posts it; whatever else stands in the form is its own. */
export const samlResponseBody = named(
  'SamlResponse',
  object({
    SAMLResponse: Type.String({ maxLength: 131_072 }),
    RelayState: Type.String({ maxLength: 500 }),
  }),
);
export const samlCompletionQuery = object({ state: Type.String({ maxLength: 500 }) });
