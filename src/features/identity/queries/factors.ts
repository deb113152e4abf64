import { sql } from 'kysely';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Db, Tx } from '#platform/db/database.ts';

export type Factors = { hasTotp: boolean; hasPasskey: boolean };

/** Writes beside the person what they have set up now; call it whenever that may have changed. */
export async function noteFactors(tx: Tx, userId: string): Promise<Factors> {
  return tx
    .updateTable('app_user')
    .set({
      has_totp: sql<boolean>`exists (select from totp_factor where user_id = ${userId} and secret is not null)`,
      has_passkey: sql<boolean>`exists (select from passkey where user_id = ${userId})`,
    })
    .where('id', '=', userId)
    .returning(['has_totp as hasTotp', 'has_passkey as hasPasskey'])
    .executeTakeFirstOrThrow();
}

/** What somebody has set up; undefined for nobody. */
export async function findFactors(db: Db, userId: string) {
  return db
    .selectFrom('app_user')
    .select([
      'has_totp as hasTotp',
      sql<number>`(select count(*) from recovery_code where user_id = app_user.id and used_at is null)`.as(
        'recoveryCodesLeft',
      ),
      sql<number>`(select count(*) from passkey where user_id = app_user.id)`.as('passkeys'),
    ])
    .where('id', '=', userId)
    .executeTakeFirst();
}

/** The session's sign-in counts as of now, and by this method too. */
export async function renewSignIn(
  tx: Tx,
  { sessionId, method, now }: { sessionId: string; method: SignInMethod; now: Date },
): Promise<void> {
  await tx
    .updateTable('session')
    .set({
      authenticated_at: now,
      step_up_failures: 0,
      methods: withMethod(method),
    })
    .where('id', '=', sessionId)
    .execute();
}

/** The session's sign-in counts as by this method too, at the time when it was. */
export async function noteMethod(tx: Tx, sessionId: string, method: SignInMethod): Promise<void> {
  await tx
    .updateTable('session')
    .set({ methods: withMethod(method) })
    .where('id', '=', sessionId)
    .execute();
}

function withMethod(method: SignInMethod) {
  return sql<SignInMethod[]>`array(select distinct unnest(methods || ${[method]}::text[]))`;
}

/** How often the session failed to show again who it is. Its row stays as it is until the transaction ends. */
export async function lockStepUpFailures(tx: Tx, sessionId: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom('session')
    .select('step_up_failures')
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row?.step_up_failures;
}

/** By which password an open session shows who it is, and how often it failed to; undefined where it has ended. */
export function findShownBy(db: Db, { userId, sessionId }: { userId: string; sessionId: string }) {
  return db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select(['app_user.password_hash as passwordHash', 'session.step_up_failures as failures'])
    .where('session.id', '=', sessionId)
    .where('session.user_id', '=', userId)
    .where('session.ended_at', 'is', null)
    .executeTakeFirst();
}

export async function noteStepUpFailure(tx: Tx, sessionId: string): Promise<void> {
  await tx
    .updateTable('session')
    .set((eb) => ({ step_up_failures: eb('step_up_failures', '+', 1) }))
    .where('id', '=', sessionId)
    .execute();
}
