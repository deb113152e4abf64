import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TestCertificate } from './certificates.ts';

export const vaultHost = 'lms-test.vault.azure.net';
export const vaultUrl = `https://${vaultHost}`;

const header = 'the secret that Azure gives the machine';
const token = 'a token of the machine';

export type KeyVault = {
  /** What the program's environment needs to come to it: the machine's identity, and the way to the vault. */
  env: Record<string, string>;
  /** Names of secrets that were asked for with a token, in order. */
  asked: string[];
  /** Requests without a token, which were told who gives one. */
  challenges(): number;
  /** Client ids that tokens were asked for. */
  clientIds: (string | null)[];
  /** Answers every request for a secret with this status, or 0 for as it should. */
  answerWith(status: number): void;
  /** Gives no tokens from now on. */
  takeIdentity(): void;
  stop(): Promise<void>;
};

/**
 * What of Azure Key Vault's REST interface a program meets: TLS under the vault's own name, a challenge that names who
 * gives tokens for which resource, secrets by name, 404 for one that is not there; and the endpoint of App Service and
 * Container Apps that gives a program tokens of the machine's identity. It is reached through a proxy, since the name is
 * Azure's.
 */
export async function startKeyVault(
  secrets: Readonly<Record<string, string>>,
  certificate: TestCertificate,
): Promise<KeyVault> {
  const state = { status: 0, challenges: 0, hasIdentity: true };
  const asked: string[] = [];
  const clientIds: (string | null)[] = [];
  const vault = createTlsServer(certificate, (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      state.challenges += 1;
      return challenge(response);
    }
    const name = /^\/secrets\/([^/?]+)/.exec(request.url ?? '')?.[1] ?? '';
    asked.push(name);
    return answer(response, state.status, name, secrets[name]);
  });
  const machine = createHttpServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://machine');
    clientIds.push(url.searchParams.get('client_id'));
    giveToken(request, response, url.searchParams.get('resource'), state.hasIdentity);
  });
  const sockets = new Set<Socket>();
  const proxy = createHttpServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    if (request.url !== `${vaultHost}:443`) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const onward = connect(portOf(vault), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) sockets.add(one.on('error', () => onward.destroy()));
    return undefined;
  });
  const servers: Server[] = [vault, machine, proxy];
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      NO_PROXY: '127.0.0.1',
      IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(machine)}/token`,
      IDENTITY_HEADER: header,
    },
    asked,
    challenges: () => state.challenges,
    clientIds,
    answerWith: (status) => void (state.status = status),
    takeIdentity: () => void (state.hasIdentity = false),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map(close));
    },
  };
}

function challenge(response: ServerResponse): void {
  response.writeHead(401, {
    'www-authenticate':
      'Bearer authorization="https://login.microsoftonline.com/ab1f708d-50f6-404c-a006-d71b2ac7a606", resource="https://vault.azure.net"',
    'content-type': 'application/json',
  });
  response.end(errorOf('Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.'));
}

function answer(response: ServerResponse, status: number, name: string, value: string | undefined): void {
  const chosen = status === 0 ? (value === undefined ? 404 : 200) : status;
  response.writeHead(chosen, { 'content-type': 'application/json; charset=utf-8' });
  if (chosen === 404)
    return void response.end(errorOf('SecretNotFound', `A secret with (name/id) ${name} was not found.`));
  if (chosen !== 200) return void response.end(errorOf('Forbidden', `${name} ${value}`));
  const attributes = {
    enabled: true,
    created: 1_700_000_000,
    updated: 1_700_000_000,
    recoveryLevel: 'Recoverable',
  };
  const id = `${vaultUrl}/secrets/${name}/4387e9f3d6e14c459867679a90fd0f79`;
  response.end(JSON.stringify({ value, id, attributes }));
}

function errorOf(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  resource: string | null,
  hasIdentity: boolean,
): void {
  const isKnown =
    hasIdentity && request.headers['x-identity-header'] === header && resource === 'https://vault.azure.net';
  response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
  const expiresOn = String(Math.floor(Date.now() / 1000) + 3_600);
  response.end(
    JSON.stringify(
      isKnown
        ? { access_token: token, expires_on: expiresOn, resource, token_type: 'Bearer' }
        : { error: 'invalid_client' },
    ),
  );
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
