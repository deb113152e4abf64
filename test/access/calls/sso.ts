import { randomUUID } from 'node:crypto';
import { newVerifier } from '#test/sso/browser.ts';
import { logoutForm } from '#test/sso/forged-provider.ts';
import type { Caller } from '../callers.ts';
import type { Recipe } from '../recipe.ts';
import { comeBack, comeBackBySaml, linkTo, newSamlProvider, samlForm, signOnOnce } from '../sso-things.ts';
import { must, type World } from '../world.ts';

// Nothing listens there, and nobody asks before somebody signs in.
const newProvider = () => ({
  key: `p-${randomUUID()}`,
  name: 'Another',
  clientId: 'lms',
  issuer: 'https://login.example.com',
});

async function makeProvider(world: World): Promise<string> {
  return (await must(world, 'admin', 'POST', '/admin/sso/providers', newProvider())).id;
}

/** Who manages sign-on, and has nothing to give but that. */
const delegateAs = (caller: Caller, { roles }: World) =>
  caller === 'stranger' ? { token: roles.delegate.token } : {};

export const ssoCalls: Record<string, Recipe> = {
  listSsoProviders: () => ({}),
  createSsoProvider: () => ({ body: newProvider() }),
  'createSsoProvider (of SAML)': ({ sso }) => ({
    body: { ...newSamlProvider(sso.saml), key: `p-${randomUUID()}` },
  }),
  'createSsoProvider (by a delegate)': (world, caller) => ({
    body: newProvider(),
    ...delegateAs(caller, world),
  }),
  getSsoProvider: ({ sso }) => ({ path: { id: sso.providerId } }),
  updateSsoProvider: async (world) => ({
    path: { id: await makeProvider(world) },
    body: { name: 'Other', isActive: false },
  }),
  'updateSsoProvider (by a delegate)': async (world, caller) => ({
    path: { id: await makeProvider(world) },
    body: { name: 'Other', isActive: false },
    ...delegateAs(caller, world),
  }),
  'updateSsoProvider (whom it signs in)': async (world, caller) => ({
    path: { id: await makeProvider(world) },
    body: { emailDomains: ['school.example'] },
    ...delegateAs(caller, world),
  }),
  deleteSsoProvider: async (world) => ({ path: { id: await makeProvider(world) } }),

  listSignInProviders: () => ({}),
  startSignOn: () => ({
    path: { provider: 'school' },
    query: `?codeChallenge=${newVerifier().codeChallenge}`,
  }),
  completeSignOn: async ({ server, sso }) => {
    const { query, cookie } = await comeBack(server, sso.provider);
    return { path: { provider: 'school' }, query, headers: { cookie } };
  },
  'completeSignOn (in another browser)': async ({ server, sso }) => ({
    path: { provider: 'school' },
    query: (await comeBack(server, sso.provider)).query,
  }),
  getSamlMetadata: () => ({ path: { provider: 'faculty' } }),
  startSamlSignOn: () => ({
    path: { provider: 'faculty' },
    query: `?codeChallenge=${newVerifier().codeChallenge}`,
  }),
  receiveSamlResponse: async ({ server, sso }) => {
    const { form } = await samlForm(server, sso.saml);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { path: { provider: 'faculty' }, raw: { body: form.toString(), headers } };
  },
  completeSamlSignOn: async ({ server, sso }) => {
    const { query, cookie } = await comeBackBySaml(server, sso.saml);
    return { path: { provider: 'faculty' }, query, headers: { cookie } };
  },
  'completeSamlSignOn (in another browser)': async ({ server, sso }) => ({
    path: { provider: 'faculty' },
    query: (await comeBackBySaml(server, sso.saml)).query,
  }),
  exchangeLoginCode: async ({ server, sso }) => {
    const { code, codeVerifier } = await signOnOnce(server, sso.provider);
    return { body: { code, codeVerifier } };
  },

  backChannelLogout: async ({ server, sso }) => {
    const { subject: sub, ...exchange } = await signOnOnce(server, sso.provider);
    await server.post('/auth/login/exchanges', exchange);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { path: { provider: 'school' }, raw: { body: logoutForm(sso.provider, { sub }), headers } };
  },

  listMyIdentities: () => ({}),
  unlinkMyIdentity: async ({ server, people, sso }, caller) => ({
    path: {
      id: await linkTo(server, sso.providerId, people[caller === 'anonymous' ? 'student' : caller].id),
    },
  }),
  // The stranger's cell is that of somebody whose account a provider's sign-in made.
  'unlinkMyIdentity (the last way)': async ({ server, sso }, caller) => {
    const { code, codeVerifier } = await signOnOnce(server, sso.provider);
    const { body } = await server.post('/auth/login/exchanges', { code, codeVerifier });
    const { items } = (await server.get('/me/identities', body.accessToken)).body;
    return { path: { id: items[0].id }, ...(caller === 'stranger' && { token: body.accessToken }) };
  },
};
