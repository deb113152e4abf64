import type { FailureCode } from '#platform/outbound-http/failure.ts';
import type { OutboundAnswer } from '#platform/outbound-http/outbound-http.ts';

/** Why an attempt failed: no answer, or not the right one. */
export type ErrorCode = FailureCode | 'redirected' | 'gone' | 'status_not_ok' | 'secret_unreadable';
export type AttemptError = { code: ErrorCode; message: string };

/** Null where the receiver has taken the event: any 2xx. */
export function errorOf({
  status,
  failure,
}: Pick<OutboundAnswer, 'status' | 'failure'>): AttemptError | null {
  if (failure) return failure;
  if (status !== null && status >= 200 && status < 300) return null;
  if (status === 410) return { code: 'gone', message: 'It answered 410: the endpoint was disabled.' };
  if (status !== null && status >= 300 && status < 400)
    return { code: 'redirected', message: `It answered ${status}: redirects are not followed.` };
  return { code: 'status_not_ok', message: `It answered ${status}, where 2xx was wanted.` };
}
