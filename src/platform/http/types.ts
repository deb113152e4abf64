import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Actor, Permission } from '#platform/auth/actor.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { AppError } from '#platform/errors.ts';
import type { Span } from '#platform/trace/tracer.ts';

export interface TypeBoxProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** The server that features add their routes to. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxProvider
>;
export type Request = FastifyRequest;
export type Reply = FastifyReply;

/**
 * Who may call an operation at all: anyone; anyone signed in; those whose role has the permission; or, and nobody else,
 * a directory that provisions.
 * Rules about the thing itself stand in the feature's `policy.ts`.
 */
export type Access = 'public' | 'signedIn' | 'provisioning' | Permission;
/** Budget classes of requests, see `rate-limit.ts`. */
export type LimitClass =
  | 'login'
  | 'register'
  | 'tokens'
  | 'signOn'
  | 'verify'
  | 'reads'
  | 'writes'
  | 'uploads'
  | 'streams'
  | 'none';

declare module 'fastify' {
  interface FastifySchema {
    operationId?: string;
    summary?: string;
    tags?: readonly string[];
    description?: string;
    hide?: boolean;
  }
  interface FastifyContextConfig {
    access?: Access;
    limit?: LimitClass;
    /** Whose budget a request spends that comes without a sign-in; undefined: the address's. */
    countsFor?: (request: FastifyRequest) => string | undefined;
    /** Its body is a file: long, streamed, and unknown to `Idempotency-Key`. */
    isUpload?: true;
    /**
     * It takes credentials of its own. A bad or expired access token beside them counts as none, since
     * clients attach theirs to every request, also to the one that renews it.
     */
    signsIn?: true;
    /**
     * Wants a sign-in of late, see `SignInState`; a function says for which bodies, `byThing` that its command does. 403
     * `step_up_required`. `test/access/step-up.ts` lists them.
     */
    needsStepUp?: true | 'byThing' | ((body: unknown) => boolean);
    /** Open also to those who must set up a second factor first. */
    isForEnrollment?: true;
    /**
     * While an admin acts as somebody. Unless said, what reads is open and what changes something is not: 403
     * `not_while_acting`. `test/access/while-acting.ts` lists what is otherwise.
     */
    whileActing?: 'open' | 'closed';
    /** Its answer is the same for everybody: the document shows it without a lock, and no cookie is looked at. */
    ignoresCaller?: true;
    /** Its handler looks at the refresh token of a browser's session, in place of other credentials or as the only ones: the document shows it. */
    takesRefreshCookie?: 'too' | 'only';
    /** Takes `?ticket=` too, where a client can send no header. */
    takesTicket?: true;
    /** Its body may name an e-mail address that is written to. */
    isMailing?: true;
    /** Its answer may have no end. */
    isStream?: true;
    /** Speaks a protocol that has a media type of its own, and errors: how they look there. */
    protocol?: { mediaType: string; renderProblem: (problem: AppError) => object };
    /** Refused where DEMO_MODE is on: it would take an account from others, or send something out. */
    isClosedInDemo?: true;
  }
  interface FastifyRequest {
    actor: Actor | null;
    /** Where the operation is for one: nobody else calls it. */
    provisioner: Provisioner | null;
    /** Null where requests are not traced. */
    span: Span | null;
    /** What stands against a login unless it comes from a device of its person; see `useLoginLimit`. */
    addressRefusal?: AppError | null;
    /** Of routes with the limit `tokens`: whether the address that calls may still fail. */
    hasFailuresLeft?: (() => Promise<boolean>) | null;
    /** Lets the next of its address begin; see `useLoginLimit`. */
    endTurn?: (() => void) | null;
  }
  interface FastifyReply {
    /** Version of the authored thing in the answer, from which the ETag is made. */
    authoredVersion: number | null;
    /** Whom this answer signs in, for the log. */
    signedInUserId: string | null;
    /** Of an answer that is a problem, for the log. */
    problemCode: string | null;
    /** Of a stream: after how long it began. */
    beganAfterMs: number | null;
  }
}
