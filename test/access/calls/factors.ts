import { createAuthenticator, type Authenticator } from '#test/authenticator.ts';
import {
  addApp,
  addPasskey,
  appOf,
  beginLogin,
  givePassword,
  makeMember,
  makeRecoveryCodes,
  makeStale,
  ok,
  type Member,
} from '#test/factors.ts';
import type { Json } from '#test/client.ts';
import { roleOf } from '../people.ts';
import type { Caller } from '../callers.ts';
import type { Call, Recipe } from '../recipe.ts';
import type { World } from '../world.ts';

/** Somebody of the caller's role, since second factors would change how the caller themselves signs in. */
type Double = Member & { key: Authenticator & { id: string } };
const doubles = new WeakMap<World, Map<Caller, Promise<Double>>>();

export const factorCalls: Record<string, Recipe> = {
  completeLogin: async (world, caller) => {
    const { id, token } = await doubleOf(world, caller);
    const [code] = await makeRecoveryCodes(world.server, token);
    const challengeToken = await beginLogin(world.server, id);
    return { body: { challengeToken, method: 'recoveryCode', code } };
  },
  'completeLogin (by a passkey alone)': async (world, caller) => {
    const { key } = await doubleOf(world, caller);
    return { body: { method: 'passkey', credential: await assertion(world, key, '/auth/login') } };
  },
  getSignInPasskeyOptions: () => ({}),
  'getSignInPasskeyOptions (half-way)': async (world, caller) => {
    const { id } = await doubleOf(world, caller);
    return { body: { challengeToken: await beginLogin(world.server, id) } };
  },
  stepUp: async (world, caller) => {
    const { token } = await doubleOf(world, caller);
    const [code] = await makeRecoveryCodes(world.server, token);
    return as(caller, token, { body: { method: 'recoveryCode', code } });
  },
  'stepUp (by a passkey)': async (world, caller) => {
    const { key, token } = await doubleOf(world, caller);
    const credential = await assertion(world, key, '/auth/step-up', token);
    return as(caller, token, { body: { method: 'passkey', credential } });
  },
  getStepUpPasskeyOptions: () => ({}),

  getTotp: () => ({}),
  beginTotp: () => ({}),
  'beginTotp (after a long time)': longAfter,
  confirmTotp: async (world, caller) => {
    const { token } = await newMember(world, caller);
    const { secret } = ok(await world.server.post('/me/totp', undefined, token));
    return as(caller, token, { body: { code: appOf(world.server, secret as string).next() } });
  },
  removeTotp: async (world, caller) => {
    const { token } = await newMember(world, caller);
    await addApp(world.server, token);
    return as(caller, token, {});
  },
  'removeTotp (after a long time)': longAfter,
  getRecoveryCodes: () => ({}),
  makeRecoveryCodes: async (world, caller) => as(caller, (await doubleOf(world, caller)).token, {}),
  'makeRecoveryCodes (without a factor)': () => ({}),
  getPasskeyOptions: () => ({}),
  addPasskey: async (world, caller) => {
    const { token } = await newMember(world, caller);
    const { options } = ok(await world.server.post('/me/passkeys/options', undefined, token));
    const authenticator = createAuthenticator(world.server.open.deps.config.publicUrl);
    const credential = authenticator.register(options as Parameters<Authenticator['register']>[0]);
    return as(caller, token, { body: { credential } });
  },
  listPasskeys: () => ({}),
  renamePasskey: async (world, caller) => {
    const { key, token } = await doubleOf(world, caller);
    return as(caller, token, { path: { id: key.id }, body: { name: 'Phone' } });
  },
  'renamePasskey (another’s)': async (world, caller) => ({
    path: { id: (await doubleOf(world, caller)).key.id },
    body: { name: 'Mine' },
  }),
  removePasskey: async (world, caller) => {
    const { id: userId, token } = await newMember(world, caller);
    await givePassword(world.server, userId);
    const { id } = await addPasskey(world.server, token);
    return as(caller, token, { path: { id } });
  },
  'removePasskey (the last way)': async (world, caller) => {
    const { token } = await newMember(world, caller);
    const { id } = await addPasskey(world.server, token);
    return as(caller, token, { path: { id } });
  },
  removeMyPassword: async (world, caller) => {
    const { id, token } = await newMember(world, caller);
    await givePassword(world.server, id);
    await addPasskey(world.server, token);
    return as(caller, token, {});
  },
  'removeMyPassword (the last way)': async (world, caller) => {
    const { id, token } = await newMember(world, caller);
    await givePassword(world.server, id);
    return as(caller, token, {});
  },
  'removePasskey (another’s)': async (world, caller) => ({
    path: { id: (await doubleOf(world, caller)).key.id },
  }),

  'updateUser (role, after a long time)': async (world, caller) => {
    const { id } = world.people.student;
    return { ...(await longAfter(world, caller)), path: { id }, body: { role: 'student' } };
  },
  'changeMyPassword (a first, after long)': async (world, caller) => ({
    ...(await longAfter(world, caller)),
    body: { password: 'rowan-and-yew-52' },
  }),
  'requestEmailChange (after a long time)': async (world, caller) => ({
    ...(await longAfter(world, caller)),
    body: { email: 'another@example.com' },
  }),
  'startImport (after a long time)': async (world, caller) => ({
    ...(await longAfter(world, caller)),
    body: { kind: 'people', fileId: world.people.student.id },
  }),
  getUserFactors: ({ people }) => ({ path: { id: people.student.id } }),
  removeUserFactors: async ({ server }) => ({ path: { id: (await makeMember(server)).id } }),
  getSignInPolicy: () => ({}),
  putSignInPolicy: () => ({ body: { mfaRequiredFor: [] } }),
};

function doubleOf(world: World, caller: Caller): Promise<Double> {
  const known = doubles.get(world) ?? new Map<Caller, Promise<Double>>();
  doubles.set(world, known);
  const double = known.get(caller) ?? makeDouble(world, caller);
  known.set(caller, double);
  return double;
}

async function makeDouble(world: World, caller: Caller): Promise<Double> {
  const member = await newMember(world, caller);
  return { ...member, key: await addPasskey(world.server, member.token) };
}

function newMember({ server }: World, caller: Caller): Promise<Member> {
  return makeMember(server, caller === 'anonymous' ? 'student' : roleOf[caller]);
}

async function longAfter(world: World, caller: Caller): Promise<Call> {
  const { id, token } = await newMember(world, caller);
  await makeStale(world.server, id);
  return as(caller, token, {});
}

function as(caller: Caller, token: string, call: Call): Call {
  return caller === 'anonymous' ? call : { ...call, token };
}

async function assertion(world: World, key: Authenticator, path: string, token?: string): Promise<Json> {
  const { options } = ok(await world.server.post(`${path}/passkey-options`, undefined, token));
  return key.assert(options as Parameters<Authenticator['assert']>[0]);
}
