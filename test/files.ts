import { request, type ClientRequest } from 'node:http';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Answer, Body, Person } from './client.ts';
import type { TestServer } from './server.ts';

export type FilePart = { name?: string; fileName?: string; type?: string; content: string | Buffer };

const boundary = 'a-boundary-of-a-form-1234567890';

/** A form as browsers send it. `end` false: it breaks off before its last line. */
export function formOf(
  parts: readonly FilePart[],
  end = true,
): { body: Buffer<ArrayBuffer>; headers: Record<string, string> } {
  const pieces = parts.flatMap(({ name = 'file', fileName, type = 'application/octet-stream', content }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"` +
        (fileName === undefined ? '\r\n\r\n' : `; filename="${fileName}"\r\ncontent-type: ${type}\r\n\r\n`),
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return {
    body: Buffer.concat(end ? [...pieces, Buffer.from(`--${boundary}--\r\n`)] : pieces.slice(0, -1)),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Sends a form of these parts. */
export function sendForm(
  server: TestServer,
  token: string | undefined,
  parts: readonly FilePart[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = formOf(parts);
  return server.request('POST', '/files', {
    token,
    raw: form.body,
    headers: { ...form.headers, ...headers },
  });
}

/** Uploads a file; answers it. */
export async function uploadFile(
  server: TestServer,
  { token }: Pick<Person, 'token'>,
  content: string | Buffer,
  fileName = 'notes.txt',
): Promise<Body> {
  const answer = await sendForm(server, token, [{ fileName, content }]);
  if (answer.status !== 201) throw new Error(`uploading answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** The path and query of an address that the program gave, on this server. */
export function here(server: TestServer, url: string): string {
  const { pathname, search } = new URL(url);
  return `${server.address}${pathname}${search}`;
}

/** All keys that the store has. */
export async function storedKeys(server: TestServer): Promise<string[]> {
  const { files } = server.open.deps;
  const found = [await Array.fromAsync(files.list('files/')), await Array.fromAsync(files.list('pictures/'))];
  return found
    .flat()
    .map(({ key }) => key)
    .toSorted();
}

/** Puts bytes into the store behind the program's back. */
export async function plant(server: TestServer, key: string, content: string): Promise<void> {
  await server.open.deps.files.put(key, Readable.from([Buffer.from(content)]), { contentType: 'text/plain' });
}

export type OpenRequest = {
  request: ClientRequest;
  /** Undefined where the connection ended without an answer. */
  answer: Promise<{ status: number; body: Body } | undefined>;
};

/** Begins an upload, and leaves it to the caller what comes when; chunked where no length is given. */
export function beginUpload(
  server: TestServer,
  token: string,
  headers: Record<string, string | number>,
): OpenRequest {
  const begun = request(`${server.baseUrl}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    agent: false,
  });
  begun.flushHeaders();
  const answer = new Promise<{ status: number; body: Body } | undefined>((resolve) => {
    begun.on('error', () => resolve(undefined));
    begun.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }),
      );
    });
  });
  return { request: begun, answer };
}

/** Files that are being written at present. */
export async function partialFiles(server: TestServer): Promise<number> {
  const drafts = await readdir(path.join(server.open.deps.config.uploadsDir, '_drafts')).catch(() => []);
  return drafts.length;
}
