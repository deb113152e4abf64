/** Why a backup or a restore cannot be done: one line that says what to do, without a secret. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
