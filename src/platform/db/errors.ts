import { AppError, conflict, unavailable, type ProblemCode } from '#platform/errors.ts';

/** Unique constraints whose violation is a client's conflict, each with the answer it becomes. */
const conflictOfConstraint: Record<string, [ProblemCode, string]> = {
  app_user_email_key_key: ['email_taken', 'This address already has an account.'],
  custom_role_name_key: ['name_taken', 'Another role has this name.'],
  user_group_name_key: ['name_taken', 'Another group has this name.'],
  scim_user_name_key: ['user_name_taken', 'Another person of this connection has this user name.'],
  scim_user_owner_key: ['account_managed', 'Another connection manages this account.'],
  sso_provider_key_key: ['key_taken', 'Another provider has this key.'],
  course_slug_key: ['slug_taken', 'Another course has this address.'],
  course_slug_pkey: ['slug_taken', 'Another course has or had this address.'],
};

const unavailableStates = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
  '28P01', // invalid_password, as while it is being changed
  '28000', // invalid_authorization_specification
  '3D000', // invalid_catalog_name, as before a restore
  '25006', // read_only_sql_transaction, as after a fail-over
]);
const timeoutStates = new Set([
  '57014', // query_canceled, by statement_timeout
  '55P03', // lock_not_available
  '25P03', // idle_in_transaction_session_timeout
  '40001',
  '40P01',
]);
const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'ECONNABORTED',
]);

/** Whether a database lacks a table or a column that this version reads: it was never migrated, or is behind. */
export function isUnmigrated(error: unknown): boolean {
  return ['42P01', '42703'].includes(sqlStateOf(error) ?? '');
}

/** The SQLSTATE of a PostgreSQL error, else undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** What a database's error means to a client, or undefined where it is a fault of ours. */
export function problemOfDatabaseError(error: unknown): AppError | undefined {
  const { code, constraint, message } = (error ?? {}) as {
    code?: string;
    constraint?: string;
    message?: string;
  };
  if (code === '23505' && constraint && conflictOfConstraint[constraint]) {
    return conflict(...conflictOfConstraint[constraint]);
  }
  if (code && timeoutStates.has(code))
    return unavailable('The database took too long. Try again.', 'timeout');
  if (code && (unavailableStates.has(code) || code.startsWith('08') || connectionErrors.has(code))) {
    return unavailable('The database cannot be reached. Try again.');
  }
  // node-postgres gives these no code.
  if (
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      message ?? '',
    )
  ) {
    return unavailable('The database cannot be reached. Try again.');
  }
  if (isUnmigrated(error)) return unavailable('The database is being brought up to date. Try again.');
  if (message === 'Query read timeout')
    return unavailable('The database took too long. Try again.', 'timeout');
  return undefined;
}
