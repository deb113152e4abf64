import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { preconditionFailed } from '#platform/errors.ts';
import type { Reply, Request } from './types.ts';

/**
 * ETags of authored things: `"<version>-<digest>"`. The version alone decides `If-Match`, the whole
 * decides `If-None-Match` (RFC 9110, section 13).
 */
export function useEtags(app: FastifyInstance): void {
  app.decorateReply('authoredVersion', null);
  app.addHook('onSend', (request, reply, payload, done) => {
    // What a person is shown stays on no disk of a browser; a client that wants a 304 keeps what it read itself.
    if (!reply.hasHeader('cache-control'))
      reply.header(
        'cache-control',
        (request.actor ?? request.provisioner) ? 'private, no-store' : 'no-cache',
      );
    if (reply.authoredVersion === null || typeof payload !== 'string' || reply.statusCode >= 300)
      return done(null, payload);
    const digest = createHash('sha256').update(payload).digest('base64url').slice(0, 16);
    const etag = `"${reply.authoredVersion}-${digest}"`;
    reply.header('etag', etag);
    if (
      (request.method !== 'GET' && request.method !== 'HEAD') ||
      !matchesTag(request.headers['if-none-match'], etag)
    )
      return done(null, payload);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, '');
  });
}

/** Gives the answer the ETag of an authored thing of this version. */
export function authored(reply: Reply, version: number): Reply {
  reply.authoredVersion = version;
  return reply;
}

/**
 * The versions that `If-Match` allows, or null where it allows any. A proxy that compresses an answer makes its tag a
 * weak one; since the version alone counts, that is as good.
 */
export function ifMatch(request: Request): number[] | null {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return null;
  return header
    .split(',')
    .map((tag) => Number(/^\s*(?:W\/)?"(\d+)-[\w-]+"\s*$/.exec(tag)?.[1] ?? Number.NaN));
}

/** Throws 412 where the caller meant another version. */
export function requireVersion(allowed: number[] | null, version: number): void {
  if (allowed && !allowed.includes(version)) throw preconditionFailed();
}

/** Whether `If-None-Match` names this tag, weakly or strongly, or any. */
export function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
