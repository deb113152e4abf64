import { randomBytes } from 'node:crypto';

export type Json = Record<string, unknown>;
// Tests read answers freely and assert what they find.
// oxlint-disable-next-line typescript/no-explicit-any
export type Body = any;
export type Answer = {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
  /** It is the answer to a repetition of a request whose first answer was 503. */
  isRepeated?: boolean;
};
export type RequestOptions = {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  raw?: string | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
};

export type Person = {
  id: string;
  email: string;
  name: string;
  password: string;
  token: string;
  refreshToken: string;
};

export type Client = {
  baseUrl: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string, token?: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body?: unknown, token?: string, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, token?: string, headers?: Record<string, string>): Promise<Answer>;
  /** Registers a student over HTTP. */
  registerStudent(name?: string): Promise<Person>;
};

/** Calls an API as a front end would. `baseUrl` includes `/api/v1`. */
export function createClient(baseUrl: string): Client {
  return clientOf(baseUrl, (method, path, options) => sendRequest(baseUrl, method, path, options));
}

/** Sends one request and reads its whole answer. Rejects where none came. */
export async function sendRequest(
  baseUrl: string,
  method: string,
  path: string,
  { token, body, headers = {}, raw, signal }: RequestOptions = {},
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(baseUrl + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(content !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(content !== undefined && { body: content }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** A client that sends in a way of its own. */
export function clientOf(baseUrl: string, request: Client['request']): Client {
  return {
    baseUrl,
    request,
    get: (path, token, headers = {}) => request('GET', path, { token, headers }),
    post: (path, body, token, headers = {}) => request('POST', path, { token, body, headers }),
    put: (path, body, token, headers = {}) => request('PUT', path, { token, body, headers }),
    patch: (path, body, token, headers = {}) => request('PATCH', path, { token, body, headers }),
    delete: (path, token, headers = {}) => request('DELETE', path, { token, headers }),
    async registerStudent(name = 'Test Student') {
      const email = `${randomBytes(6).toString('hex')}@example.com`;
      const password = `pass-${randomBytes(6).toString('hex')}`;
      const { status, body, text } = await request('POST', '/auth/register', {
        body: { email, password, name },
      });
      if (status !== 201) throw new Error(`registering answered ${status}: ${text}`);
      return {
        id: body.user.id,
        email,
        name,
        password,
        token: body.accessToken,
        refreshToken: body.refreshToken,
      };
    },
  };
}
