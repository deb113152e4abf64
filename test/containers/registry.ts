import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type Registry = {
  /** `127.0.0.1:PORT`, which engines take without TLS. */
  address: string;
  /** Of what was pushed under a tag. */
  digestOf(tag: string): string;
  /** Manifests that were asked for, by tag or digest. */
  pulled: string[];
};

type Kept = { type: string; bytes: Buffer };

/** A registry of images in memory: of the OCI distribution specification what `docker push` and `docker pull` use. */
export async function startRegistry(t: TestContext): Promise<Registry> {
  const blobs = new Map<string, Kept>();
  const manifests = new Map<string, Kept>();
  const tags = new Map<string, string>();
  const uploads = new Map<string, Buffer>();
  const pulled: string[] = [];

  async function upload(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const id = url.pathname.split('/').at(-1) || randomUUID();
    const bytes = Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), await bodyOf(request)]);
    const digest = url.searchParams.get('digest');
    const headers = { location: `/v2/lms/blobs/uploads/${id}`, range: `0-${Math.max(0, bytes.length - 1)}` };
    if (digest === null) {
      uploads.set(id, bytes);
      response.writeHead(202, headers).end();
    } else {
      uploads.delete(id);
      blobs.set(digest, { type: 'application/octet-stream', bytes });
      response.writeHead(201, { location: `/v2/lms/blobs/${digest}` }).end();
    }
  }

  async function takeManifest(request: IncomingMessage, response: ServerResponse, name: string) {
    const bytes = await bodyOf(request);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    manifests.set(digest, { type: request.headers['content-type'] ?? '', bytes });
    tags.set(name, digest);
    response
      .writeHead(201, { location: `/v2/lms/manifests/${digest}`, 'docker-content-digest': digest })
      .end();
  }

  function give(request: IncomingMessage, response: ServerResponse, digest: string, kept?: Kept): void {
    if (kept === undefined) return void response.writeHead(404, { 'content-length': 0 }).end();
    const headers = { 'content-type': kept.type, 'content-length': kept.bytes.length };
    response.writeHead(200, { ...headers, 'docker-content-digest': digest });
    response.end(request.method === 'HEAD' ? undefined : kept.bytes);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://registry');
    const [, kind, name = ''] = /^\/v2\/lms\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === undefined) return void response.writeHead(200, { 'content-length': 0 }).end();
    if (name.startsWith('uploads/')) return upload(request, response, url);
    if (kind === 'blobs') return give(request, response, name, blobs.get(name));
    if (request.method === 'PUT') return takeManifest(request, response, name);
    pulled.push(name);
    const digest = tags.get(name) ?? name;
    give(request, response, digest, manifests.get(digest));
  }

  // What breaks off while it is read is nobody's loss: the client says so.
  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    digestOf: (tag) => tags.get(tag) ?? '',
    pulled,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
