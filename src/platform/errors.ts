/**
 * Expected failures, by what they mean to a client. `code` is stable and published in the OpenAPI
 * document; the shape is RFC 9457.
 */
export type Reason = {
  /** JSON Pointer into the body, or the name of a query or path parameter. */
  path?: string;
  code: string;
  params?: Record<string, unknown>;
  message: string;
};

export class AppError extends Error {
  override name = 'AppError';
  readonly status: number;
  readonly code: ProblemCode;
  readonly errors: Reason[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: ProblemCode,
    message: string,
    more: { errors?: Reason[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

/** Every code a problem can carry. New ones are added here, none is ever renamed. */
export const problemCodes = [
  'invalid',
  'malformed_json',
  'unknown_field',
  'cursor_mismatch',
  'cursor_invalid',
  'unauthenticated',
  'token_expired',
  'invalid_credentials',
  'refresh_token_invalid',
  'refresh_token_reused',
  'account_deactivated',
  'account_suspended',
  'email_not_verified',
  'email_token_invalid',
  'login_code_invalid',
  'sign_on_invalid',
  'factor_refused',
  'challenge_invalid',
  'too_many_attempts',
  'csrf_token_invalid',
  'origin_not_allowed',
  'step_up_required',
  'mfa_enrollment_required',
  'no_second_factor',
  'totp_not_begun',
  'passkey_known',
  'passkeys_full',
  'forbidden',
  'permission_not_held',
  'scope_required',
  'person_required',
  'not_while_acting',
  'acting_not_allowed',
  'closed_in_demo',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'conflict',
  'email_taken',
  'slug_taken',
  'name_taken',
  'key_taken',
  'user_name_taken',
  'account_managed',
  'group_managed',
  'last_sign_in_way',
  'last_admin',
  'has_password',
  'has_no_address',
  'course_not_ready',
  'course_archived',
  'course_not_published',
  'course_has_enrollments',
  'outline_changed',
  'lesson_in_use',
  'section_not_empty',
  'course_full',
  'last_owner',
  'still_learning',
  'staff_role_not_allowed',
  'quiz_empty',
  'quiz_full',
  'questions_changed',
  'enrollment_closed',
  'already_staff',
  'withdrawn_by_staff',
  'enrollment_withdrawn',
  'not_enrolled',
  'completion_not_reached',
  'wrong_lesson_type',
  'attempt_closed',
  'attempt_not_submitted',
  'attempts_exhausted',
  'certificate_revoked',
  'certificate_not_ready',
  'certificate_replaced',
  'certificate_nameless',
  'learner_erased',
  'erasure_pending',
  'data_export_pending',
  'data_export_not_ready',
  'data_export_expired',
  'file_type_not_allowed',
  'file_infected',
  'file_in_use',
  'file_unreadable',
  'quota_exceeded',
  'upload_incomplete',
  'upload_mismatch',
  'upload_expired',
  'import_not_checked',
  'import_applied',
  'file_gone',
  'task_finished',
  'attachments_full',
  'webhook_inactive',
  'api_keys_full',
  'job_not_failed',
  'mail_not_given_up',
  'request_in_progress',
  'idempotency_key_reused',
  'precondition_failed',
  'payload_too_large',
  'range_not_satisfiable',
  'unsupported_media_type',
  'rate_limited',
  'internal',
  'unavailable',
  'timeout',
  'insufficient_storage',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** 400. The reasons say which field and why. */
export function invalid(message: string, errors: Reason[] = []): AppError {
  return new AppError(400, 'invalid', message, { errors });
}

/** 401: no, or no good, credentials. */
export function unauthenticated(message = 'Sign in first.', code: ProblemCode = 'unauthenticated'): AppError {
  return new AppError(401, code, message, { headers: { 'www-authenticate': 'Bearer' } });
}

/** 403: signed in, and may know of the thing, but may not do this. */
export function forbidden(message: string, code: ProblemCode = 'forbidden', errors: Reason[] = []): AppError {
  return new AppError(403, code, message, { errors });
}

/** 404: not there, or not theirs to know of. */
export function notFound(thing: string): AppError {
  return new AppError(404, 'not_found', `${thing} not found.`);
}

/** 409: the state of the thing does not allow it. */
export function conflict(code: ProblemCode, message: string, errors: Reason[] = []): AppError {
  return new AppError(409, code, message, { errors });
}

/** 410: it was there and never will be again. */
export function gone(code: ProblemCode, message: string): AppError {
  return new AppError(410, code, message);
}

/** 412: somebody changed it since. */
export function preconditionFailed(): AppError {
  return new AppError(
    412,
    'precondition_failed',
    'It has changed since you read it. Read it again, then repeat.',
  );
}

/** 503: a part that this answer needs is away; the same request may succeed shortly. */
export function unavailable(message: string, code: ProblemCode = 'unavailable'): AppError {
  return new AppError(503, code, message, { headers: { 'retry-after': '2' } });
}

/** 507: the disk or the account that this would be stored on is full. */
export function insufficientStorage(): AppError {
  return new AppError(
    507,
    'insufficient_storage',
    'There is no room left to store this. Ask the administrator.',
  );
}
