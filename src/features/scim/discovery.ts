import type { SchemaDefinition } from 'scimmy/types';
import { groupDefinition, groupUrn, userDefinition, userUrn } from './user-shape.ts';

const coreUrn = 'urn:ietf:params:scim:schemas:core:2.0';
export const maxResults = 100;

/** What this server can (RFC 7643, section 5). */
export function serviceProviderConfig(base: string) {
  return {
    schemas: [`${coreUrn}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'The token of a SCIM connection.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string) {
  return [
    { name: 'User', endpoint: '/Users', schema: userUrn, description: 'People of the directory.' },
    { name: 'Group', endpoint: '/Groups', schema: groupUrn, description: 'Groups of the directory.' },
  ].map((each) => ({
    schemas: [`${coreUrn}:ResourceType`],
    id: each.name,
    ...each,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${each.name}` },
  }));
}

export function schemas(base: string) {
  return [userDefinition(), groupDefinition()].map((each) => described(each, base));
}

function described(definition: SchemaDefinition, base: string): { id: string } {
  // Its attributes become plain only as JSON.
  return JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as { id: string };
}
