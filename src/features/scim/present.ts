import type { Deps } from '#platform/deps.ts';
import type { ConnectionRow } from './queries/connections.ts';
import type { GroupRow } from './queries/groups.ts';
import type { UserRow } from './queries/users.ts';
import { groupUrn, userUrn } from './user-shape.ts';
import { versionOfGroup, versionOfUser } from './version.ts';

type Addressing = Pick<Deps['config'], 'publicUrl'>;
const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Where the protocol is spoken. */
export function baseUrlOf({ publicUrl }: Addressing): string {
  return `${publicUrl}/scim/v2`;
}

export function presentConnection(row: ConnectionRow, config: Addressing, now: Date) {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    name: row.name,
    providerId: row.provider_id,
    emailDomains: row.email_domains,
    isActive: row.is_active,
    baseUrl: baseUrlOf(config),
    hint: row.hint,
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    previousTokenUntil: until && until > now ? until.toISOString() : null,
    userCount: row.user_count,
    groupCount: row.group_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A user as SCIM has them: the account as it is, and what the connection calls them. */
export function presentUser(row: UserRow, config: Addressing) {
  const { given_name: givenName, family_name: familyName, email, external_id: externalId } = row;
  return {
    schemas: [userUrn],
    id: row.id,
    ...(externalId !== null && { externalId }),
    userName: row.user_name,
    name: {
      formatted: row.name,
      ...(givenName !== null && { givenName }),
      ...(familyName !== null && { familyName }),
    },
    displayName: row.name,
    preferredLanguage: row.locale,
    active: row.status === 'active',
    ...(email !== null && { emails: [{ value: email, type: row.email_type ?? 'work', primary: true }] }),
    meta: {
      resourceType: 'User',
      created: row.created_at.toISOString(),
      lastModified: latest(row.updated_at, row.account_updated_at).toISOString(),
      location: `${baseUrlOf(config)}/Users/${row.id}`,
      version: versionOfUser(row),
    },
  };
}

export type Member = { userId: string; name: string };

/** Without `members` where nobody looked for them. */
export function presentGroup(row: GroupRow, members: readonly Member[] | undefined, config: Addressing) {
  const { external_id: externalId } = row;
  const base = baseUrlOf(config);
  return {
    schemas: [groupUrn],
    id: row.id,
    ...(externalId !== null && { externalId }),
    displayName: row.name,
    ...(members && {
      members: members.map(({ userId: value, name: display }) => ({
        value,
        $ref: `${base}/Users/${value}`,
        display,
      })),
    }),
    meta: {
      resourceType: 'Group',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location: `${base}/Groups/${row.id}`,
      version: versionOfGroup(row),
    },
  };
}

export function presentList<T>(resources: T[], { count, offset }: { count: number; offset: number }) {
  return {
    schemas: [listUrn],
    totalResults: count,
    startIndex: offset + 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}
