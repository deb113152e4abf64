import { permissionsOf, type Actor } from '#platform/auth/actor.ts';
import { pictureUrlOf, type Addressing } from '#platform/files/content-url.ts';
import type { PasskeyRow } from './queries/passkeys.ts';
import type { ApiKeyRow } from './queries/api-keys.ts';
import type { SessionRow } from './queries/own-sessions.ts';
import type { UserRow } from './queries/people.ts';
import type { SuspensionRow } from './queries/suspensions.ts';
import { standingOf } from './standing.ts';

/** A person as admins see them. */
export function presentUser(row: UserRow, config: Addressing) {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    name: row.name,
    role: row.role,
    status: standingOf(row),
    locale: row.locale,
    timeZone: row.time_zone,
    invitedAt: row.invited_at?.toISOString() ?? null,
    avatarUrl: row.avatar_id === null ? null : pictureUrlOf(config, row.avatar_id, 'medium'),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A person as they see themselves: with what they may do. A new account has nothing beyond its role. */
export function presentMe(row: UserRow & Pick<Actor, 'granted' | 'impersonator'>, config: Addressing) {
  const { impersonator = null } = row;
  return { ...presentUser(row, config), permissions: [...permissionsOf(row)], impersonator };
}

/** `isKept`: a directory has deactivated them meanwhile. */
export function presentSuspension({ isKept = false, ...row }: SuspensionRow & { isKept?: boolean }) {
  return {
    reason: row.reason,
    isReasonTold: row.is_reason_told,
    suspendedAt: row.suspended_at.toISOString(),
    suspendedBy: row.suspended_by,
    endsAt: row.ends_at?.toISOString() ?? null,
    isKept,
  };
}

export function presentPasskey(row: PasskeyRow) {
  return {
    id: row.id,
    name: row.name,
    isBackedUp: row.is_backed_up,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}

export function presentApiKey(row: ApiKeyRow, now: Date) {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    status: row.revoked_at
      ? ('revoked' as const)
      : row.expires_at <= now
        ? ('expired' as const)
        : ('active' as const),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    previousKeyUntil: until && until > now ? until.toISOString() : null,
    createdAt: row.created_at.toISOString(),
  };
}

export function presentSession(row: SessionRow, currentId: string, now: Date) {
  const { impersonation_reason: reason, impersonator_name: impersonatorName } = row;
  const endedAt = row.ended_at ?? (row.expires_at <= now ? row.expires_at : null);
  return {
    id: row.id,
    isCurrent: row.id === currentId,
    methods: row.methods,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    impersonation: reason === null ? null : { impersonatorName, reason },
  };
}
