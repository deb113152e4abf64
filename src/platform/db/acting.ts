import { sql, type RawBuilder } from 'kysely';
import { permissionsActedWith, rolesActedAs } from '#platform/auth/acting.ts';
import { grantedPermissions } from './granted-permissions.ts';

/**
 * Whether a row of `session` that lets an admin act as its person, a row of `app_user`, holds no more: the admin’s own
 * session is over, they are no active admin any more, or the person may by now do more than whom one may act as. False
 * for every other session.
 */
export function isActingOver(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(session.impersonator_id is not null and (
    not exists (
      select from session as own join app_user as admin on admin.id = own.user_id
      where own.id = session.impersonator_session_id and own.user_id = session.impersonator_id
        and own.impersonator_id is null and own.ended_at is null and own.expires_at > ${now}
        and admin.role = 'admin' and admin.deactivated_at is null)
    or app_user.role <> all(${rolesActedAs}::text[])
    or not ${grantedPermissions('app_user.id')} <@ ${permissionsActedWith}::text[]))`;
}
