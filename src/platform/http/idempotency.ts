import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#platform/clock.ts';
import type { Encryption } from '#platform/crypto.ts';
import type { Db } from '#platform/db/database.ts';
import {
  claimKey,
  findClaim,
  forgetKey,
  keepAnswer,
  takeOverKey,
  type Claim,
  type KeyOf,
} from '#platform/db/idempotency-queries.ts';
import { AppError, conflict, invalid } from '#platform/errors.ts';
import { createSettling } from './idempotency-settling.ts';
import type { Reply, Request } from './types.ts';

export type IdempotencyOptions = { db: Db; clock: Clock; encryption: Encryption };
/** `request`: digest of the request, sealed with the answer so that it holds when keys change. */
type KeptAnswer = { status: number; headers: Record<string, string>; body: string; request?: string };

// Longer than any request may take, so that what died half-way can be tried again.
const lockMs = 60_000;
const keptHeaders = ['content-type', 'location', 'etag', 'cache-control'];

/**
 * `Idempotency-Key` on POST: the first answer again, nothing done twice. Scoped to caller and
 * operation, kept for 24 hours; ignored on sign-in routes and for the anonymous. Who may no longer call the
 * operation gets no earlier answer either. An answer is kept after its transaction: should the process die
 * between the two, the key is free again when its lock has run out. While the database is away the process goes on
 * trying to settle what its requests hold, so that a client's next try is not told to wait for what has ended.
 */
export function useIdempotency(app: FastifyInstance, { db, clock, encryption }: IdempotencyOptions): void {
  const claims = new WeakMap<Request, { claim: Claim; digest: string }>();
  const closing = new AbortController();
  app.addHook('onClose', async () => closing.abort());
  const settleLater = createSettling({ log: app.log, lockMs, signal: closing.signal });
  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (!key) return;
    const text = textOf(request);
    const digest = createHash('sha256').update(text).digest('base64url');
    const now = clock.now();
    const claim = { ...key, lockedUntil: new Date(now.getTime() + lockMs) };
    const asked = { digest, hashes: encryption.macs(text) };
    const kept = await claimOrFind({ db, encryption }, claim, asked, now).catch((error: unknown) => {
      // It may be held all the same, where the connection broke on the answer.
      if (!(error instanceof AppError)) settleLater(() => forgetKey(db, claim));
      throw error;
    });
    if (kept) return replay(reply, kept);
    claims.set(request, { claim, digest });
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const held = claims.get(request);
    if (!held) return done(null, payload);
    claims.delete(request);
    const { claim, digest } = held;
    const isKept =
      reply.statusCode < 500 && reply.statusCode !== 429 && (typeof payload === 'string' || payload == null);
    const kept = isKept ? encryption.encrypt(answerOf(reply, payload, digest), contextOf(claim)) : undefined;
    const settle = () => (kept ? keepAnswer(db, claim, kept) : forgetKey(db, claim));
    // What was done is told to the client also where that cannot be written down now.
    const goOn = () => done(null, payload);
    settle().then(goOn, () => {
      settleLater(settle);
      goOn();
    });
  });
}

/** The earlier answer, or undefined where the key is the claimer's now. 409 `request_in_progress`, 422. */
async function claimOrFind(
  { db, encryption }: Pick<IdempotencyOptions, 'db' | 'encryption'>,
  claim: Claim,
  { digest, hashes }: { digest: string; hashes: readonly [Buffer, ...Buffer[]] },
  now: Date,
): Promise<KeptAnswer | undefined> {
  if (await claimKey(db, claim, hashes[0], now)) return undefined;
  const earlier = await findClaim(db, claim);
  const kept = earlier?.answer && readKept(encryption, earlier.answer, claim);
  const isSame = kept?.request === undefined ? undefined : kept.request === digest;
  if (earlier && !(isSame ?? hashes.some((hash) => earlier.request_hash.equals(hash)))) throw reused();
  if (kept) return kept;
  if (await takeOverKey(db, claim, now)) return undefined;
  throw conflict('request_in_progress', 'The first request with this Idempotency-Key is still running.');
}

function keyOf(request: Request): KeyOf | undefined {
  const key = request.headers['idempotency-key'];
  const operation = request.routeOptions.schema?.operationId;
  if (request.method !== 'POST' || key === undefined || !request.actor || !operation) return undefined;
  // Of a file that comes as a stream nothing is known yet that could tell another request from the same.
  if (request.routeOptions.config.isUpload) return undefined;
  if (request.routeOptions.schema?.tags?.includes('Sign-in')) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalid('Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
  const { userId, sessionId, impersonator } = request.actor;
  // Neither is to have the other's answers.
  return { actorId: userId, operation, key: impersonator ? `${sessionId} ${key}` : key };
}

// Kept as an HMAC under ENCRYPTION_KEY: a body may hold a password, which its plain hash would let be guessed.
function textOf(request: Request): string {
  return `idempotency:${JSON.stringify([request.url, request.body ?? null])}`;
}

/** What an answer is sealed for. */
export function contextOf(claim: KeyOf): string {
  return `idempotency:${claim.actorId}:${claim.operation}:${claim.key}`;
}

function answerOf(reply: Reply, payload: unknown, request: string): string {
  const headers = keptHeaders.flatMap((name) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const answer: KeptAnswer = {
    status: reply.statusCode,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: typeof payload === 'string' ? payload : '',
    request,
  };
  return JSON.stringify(answer);
}

// Unreadable after a change of ENCRYPTION_KEY without the previous one: doing it again would be worse.
function readKept(encryption: Encryption, answer: Buffer, claim: KeyOf): KeptAnswer {
  try {
    return JSON.parse(encryption.decrypt(answer, contextOf(claim))) as KeptAnswer;
  } catch {
    throw conflict(
      'conflict',
      'The request with this Idempotency-Key was done, but its answer can no longer be read.',
    );
  }
}

function replay(reply: Reply, { status, headers, body }: KeptAnswer): Reply {
  return reply.status(status).headers(headers).header('idempotent-replayed', 'true').send(body);
}

function reused(): AppError {
  return new AppError(422, 'idempotency_key_reused', 'This Idempotency-Key was used with another request.');
}
