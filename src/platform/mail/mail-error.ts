import { KnownError } from '#platform/known-error.ts';

/**
 * What became of a message that was not accepted. `undeliverable`: there is no such mailbox, and never will be.
 * `refused`: this message will never be taken. `temporary`: the same message may be taken later. `unanswered`: all
 * of it may have arrived, and no answer came: nobody knows.
 */
export type MailFailure = 'undeliverable' | 'refused' | 'temporary' | 'unanswered';

/** `code` is stable and tells no address: `smtp_550`, `smtp_550_5.1.1`, `smtp_econnection`, `outbox_full`. */
export class MailError extends KnownError {
  override name = 'MailError';
  readonly failure: MailFailure;

  constructor(failure: MailFailure, code: string, message: string) {
    super(code, message);
    this.failure = failure;
  }
}
