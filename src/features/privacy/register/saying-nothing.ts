const hash = 'a hash of what nobody can guess';
const secret = 'a secret, of which its table says what for';
const ofCourse = 'of the course';
const place = 'made by the program';
const content = 'a checksum of content that goes with it, or is of the course';
const which = 'one of the words of this program';

/**
 * Texts, JSON and bytes in `other` that can hold anything, each with why it says nothing of the person, or what says the same. A
 * test holds it against the database: another is judged here, or is personal.
 */
export const sayingNothing: Readonly<Record<string, string>> = {
  'api_key.hint': 'the beginning of a key, by which its owner tells it from others',
  'api_key.previous_secret_hash': hash,
  'api_key.scopes': which,
  'api_key.secret_hash': hash,
  'app_user.email_key': 'made of the address, which is personal, and emptied with it',
  'app_user.password_hash': 'emptied with the address',
  'app_user.status': which,
  'attempt.questions': ofCourse,
  'attempt.seed': 'a random number',
  'audit_entry.details_digest': 'salted, and without the salt once the details are gone',
  'audit_entry.request_id': place,
  'audit_entry.salt': 'random bytes, which go with the details',
  'audit_entry.target_kind': which,
  'certificate.issuer': 'the name of the institution',
  'certificate.language': which,
  'certificate_pdf.sha256': content,
  'csv_import_row.errors': 'codes and bounds; not what stood in the file',
  'csv_import_row.stage': which,
  'data_export.sha256': content,
  'data_export.store_key': place,
  'email_token.token_hash': hash,
  'erasure.counts': 'numbers of rows',
  'external_sign_in.sid': 'a number of the provider’s, of one session',
  'file.sha256': content,
  'file_upload.store_key': place,
  'idempotency_key.key': 'chosen by a program, for a day',
  'idempotency_key.request_hash': hash,
  'login_challenge.token_hash': hash,
  'login_code.code_challenge': hash,
  'login_code.code_hash': hash,
  'mail.cause': 'which event or wish, by its id',
  'mail.message_id': place,
  'notification.event_type': which,
  'passkey.credential_id': secret,
  'passkey.public_key': secret,
  'recovery_code.code_hash': hash,
  'refresh_token.token_hash': hash,
  'scim_user.user_name_key': 'made of the name there, which is personal, and deleted with it',
  'stream_ticket.token_hash': hash,
  'task.error_code': which,
  'totp_factor.pending_secret': secret,
  'totp_factor.secret': secret,
};
