import type { FactorsChange } from '#features/identity/events.ts';
import type { Deps } from '#platform/deps.ts';
import { noticeWithOld } from './access-notices.ts';

/** `cause`: the same for each run of the job that follows the event. */
export async function mailPasswordChanged(
  deps: Deps,
  { userId, sessionId }: { userId: string; sessionId?: string },
  cause: string,
): Promise<void> {
  const params: Record<string, string> = sessionId === undefined ? {} : { sessionId };
  await noticeWithOld(deps, { userId, kind: 'passwordChanged', cause, params });
}

/** Each time, even twice within a minute. */
export async function mailFactorsChanged(
  deps: Deps,
  { userId, change, codesLeft }: { userId: string; change: FactorsChange; codesLeft?: number },
  cause: string,
): Promise<void> {
  const params = { what: change, ...(codesLeft !== undefined && { codesLeft: String(codesLeft) }) };
  await noticeWithOld(deps, { userId, kind: 'secondFactors', cause, params });
}

export async function mailFactorRefused(
  deps: Deps,
  { userId }: { userId: string },
  cause: string,
): Promise<void> {
  const params = { what: 'codesRefused' };
  await noticeWithOld(deps, { userId, kind: 'secondFactors', cause, params });
}
