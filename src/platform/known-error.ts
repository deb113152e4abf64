/**
 * A failure of a part outside of this program, whose message says all that there is to say of it and what to do. It has
 * no stack, and where it comes again and again its lines in the log are sparse, by `code`.
 */
export class KnownError extends Error {
  override name = 'KnownError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    delete this.stack;
  }
}
