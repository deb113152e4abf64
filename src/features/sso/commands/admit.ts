import {
  createExternalAccount,
  findAccountByEmail,
  lockAccount,
  type Account,
} from '#features/identity/commands/external-accounts.ts';
import { issueLoginCode } from '#features/identity/commands/login-codes.ts';
import { isOfDomains } from '#platform/auth/email-key.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import type { Answer, Told } from '../claims.ts';
import { identityLinked } from '../events.ts';
import { SignOnRefused } from '../outcome.ts';
import {
  findIdentity,
  hasOtherIdentityAt,
  insertIdentity,
  insertSignIn,
  lockSubject,
  noteSignIn,
  type IdentityRow,
} from '../queries/identities.ts';
import { holdActive, type ProviderRow } from '../queries/providers.ts';
import { claimAccount } from './claim-account.ts';
import { followGroups } from './follow-groups.ts';

/** What an ID token is sealed for. */
export const signInContext = (id: string) => `sign-in:${id}`;

type Verified = Answer & { codeChallenge: string };

/** The link by which somebody came was taken away while they did. */
class LinkGone extends Error {
  override name = 'LinkGone';
}

const tries = 3;

/**
 * Finds whose account this is, by the link of an earlier sign-in or by making one; gives it what the person's groups are
 * here; and answers the code for the front end. Whose link goes meanwhile, with the address by which it came or by its owner,
 * comes as somebody without one. Throws `SignOnRefused`.
 */
export async function admit(deps: Deps, provider: ProviderRow, verified: Verified): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await admitOnce(deps, provider, verified);
    } catch (error) {
      if (!(error instanceof LinkGone) || attempt === tries) throw error;
    }
  }
}

async function admitOnce(deps: Deps, provider: ProviderRow, verified: Verified): Promise<string> {
  const { person, sid, idToken, codeChallenge } = verified;
  const now = deps.clock.now();
  const done = await inTransaction(deps.db, async (tx) => {
    if (!(await holdActive(tx, provider.id)))
      throw new SignOnRefused('provider_unavailable', 'it was switched off');
    await lockSubject(tx, provider.id, person.subject);
    const { identity, isByAddress } = await identityOf(deps, tx, provider, person);
    const ended = isByAddress
      ? await claimAccount(deps, tx, { userId: identity.user_id, exceptId: identity.id })
      : [];
    const given = await followGroups(deps, tx, { identity, provider, groups: person.groups });
    const account = await lockAccount(tx, identity.user_id);
    if (account?.standing !== 'active')
      throw new SignOnRefused(`account_${account?.standing ?? 'deactivated'}`);
    if (!(await noteSignIn(tx, identity.id, given, now))) throw new LinkGone();
    const signInId = newId();
    await insertSignIn(tx, {
      id: signInId,
      identity_id: identity.id,
      sid,
      id_token: idToken === null ? null : deps.encryption.encrypt(idToken, signInContext(signInId)),
      created_at: now,
    });
    const hasSecondFactor = provider.trusts_second_factor && person.usedSecondFactor;
    const code = await issueLoginCode(deps, tx, {
      userId: account.id,
      signInId,
      codeChallenge,
      hasSecondFactor,
    });
    return { code, ended };
  });
  deps.sessions.tellEnded(done.ended);
  return done.code;
}

/** `isByAddress`: linked just now to an account that was there. */
type Found = { identity: IdentityRow; isByAddress: boolean };

async function identityOf(deps: Deps, tx: Tx, provider: ProviderRow, person: Told): Promise<Found> {
  const found = await findIdentity(tx, provider.id, person.subject);
  if (found) return { identity: found, isByAddress: false };
  const { account, isNew } = await accountFor(deps, tx, provider, person);
  const now = deps.clock.now();
  const identityId = newId();
  const { id: providerId } = provider;
  const userId = account.id;
  await insertIdentity(tx, { id: identityId, userId, providerId, subject: person.subject, now });
  const data = { userId, identityId, providerId, isNewAccount: isNew };
  await deps.events.publish(tx, fact(identityLinked, userId, now, data));
  const after = { providerId, isNewAccount: isNew };
  await deps.audit.record(tx, { action: 'identity.linked', by: { userId }, targetId: userId, after });
  const given = { given_role: null, role_before: null, given_role_ids: [], given_group_ids: [] };
  return { identity: { id: identityId, user_id: userId, ...given }, isByAddress: !isNew };
}

/**
 * An account that has the address is taken only where both sides have proved it and the provider speaks for its domain:
 * else whoever writes an address at a provider would have the account of its owner here. One that another subject of the
 * provider has is not: addresses are given to others in time.
 */
async function accountFor(
  deps: Deps,
  tx: Tx,
  provider: ProviderRow,
  { subject, email, name, locale }: Told,
): Promise<{ account: Account; isNew: boolean }> {
  const { email_domains: domains } = provider;
  const isOwnDomain = email !== null && isOfDomains(email, domains);
  if (domains.length > 0 && !isOwnDomain) throw new SignOnRefused('email_not_allowed');
  const existing = email === null ? undefined : await findAccountByEmail(tx, email);
  if (existing) {
    if (!isOwnDomain || !existing.isEmailVerified) throw new SignOnRefused('email_taken');
    // Two subjects with one address wait for one another.
    await lockSubject(tx, provider.id, `account ${existing.id}`);
    if (await hasOtherIdentityAt(tx, { userId: existing.id, providerId: provider.id, subject }))
      throw new SignOnRefused('email_taken', 'another subject of the provider has the account');
    return { account: existing, isNew: false };
  }
  if (!provider.creates_accounts) throw new SignOnRefused('account_unknown');
  return { account: await createExternalAccount(deps, tx, { email, name, locale }), isNew: true };
}
