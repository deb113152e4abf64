import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration, type JWKS } from 'oidc-provider';

/** What the provider says of somebody; `sub` is their key in the list. */
export type ProviderPerson = {
  name: string;
  email?: string;
  email_verified?: boolean;
  groups?: string[];
  locale?: string;
  /** With `mfa`, they show a second factor there. */
  amr?: string[];
  /** As Microsoft Entra has them: who it is within the tenant, and whether the domain of the address is its own. */
  oid?: string;
  xms_edov?: boolean | number | string;
};
export type ProviderClient = {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  backChannelLogoutUri?: string;
};

export type IdentityProvider = { issuer: string; stop(): Promise<void> };

type Options = {
  people: Readonly<Record<string, ProviderPerson>>;
  client: ProviderClient;
  /** 0: a free one. */
  port?: number;
};

/**
 * A real provider of OpenID Connect (npm oidc-provider) on 127.0.0.1, whose page lets a browser choose who it is. Nobody
 * has a password there.
 */
export async function startIdentityProvider(options: Options): Promise<IdentityProvider> {
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configurationOf(options, await makeKeys()));
  const answer = provider.callback();
  const choosePerson = createChoice(provider, options);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const isChoice = request.url?.startsWith('/interaction/') ?? false;
    const answering = isChoice ? choosePerson(request, response) : Promise.resolve(answer(request, response));
    answering.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  return { issuer, stop: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function makeKeys(): Promise<JWKS> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] };
}

function configurationOf({ people, client }: Options, jwks: JWKS): Configuration {
  return {
    jwks,
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        ...(client.backChannelLogoutUri !== undefined && {
          backchannel_logout_uri: client.backChannelLogoutUri,
          backchannel_logout_session_required: true,
        }),
      },
    ],
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified', 'xms_edov'],
      profile: ['name', 'locale', 'oid'],
      groups: ['groups'],
    },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    cookies: { keys: ['of a provider that is there for tests'] },
    findAccount: (_context, sub) => {
      const person = people[sub];
      return person && { accountId: sub, claims: () => ({ sub, ...person }) };
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Nobody is asked what the client may know.
    async loadExistingGrant({ oidc }) {
      const { client: asking, session } = oidc;
      if (!asking || !session?.accountId) return undefined;
      const grant = new oidc.provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile groups');
      await grant.save();
      return grant;
    },
  };
}

/** The page of the provider: who are you? */
function createChoice(provider: Provider, { people }: Options) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chosen = new URL(request.url ?? '/', provider.issuer).searchParams.get('sub');
    if (chosen === null) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(people));
      return;
    }
    const amr = people[chosen]?.amr;
    const result =
      chosen === 'nobody'
        ? { error: 'access_denied', error_description: 'They gave up.' }
        : { login: { accountId: chosen, ...(amr && { amr }) } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };
}

function page(people: Options['people']): string {
  const rows = Object.entries(people).map(
    ([sub, { name, email = 'no address' }]) => `<li><a href="?sub=${sub}">${name}</a> (${email})`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A provider for trying</title>
<h1>Who are you?</h1><ul>${rows.join('')}<li><a href="?sub=nobody">Nobody: give up</a></ul></html>`;
}
