/** A migration that cannot be; the message is for the operator. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}
