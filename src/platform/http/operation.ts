import type { FastifySchema } from 'fastify';
import type { TSchema } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { problemSchema } from './problems.ts';
import { optionalKeyword } from './schema.ts';

/** Headers beside those of every answer: of an authored thing, of a made one, of bytes that can be had in parts, of a sign-in, of a device. */
export type Sent = 'etag' | 'location' | 'ranges' | 'cookies' | 'device';
/** Keyword of a route's schema: what it sends. */
export const sendsKeyword = 'x-sends';

type Parts = {
  tags: readonly string[];
  description?: string;
  body?: TSchema;
  /** A request without a body is as good as one with `{}`. */
  isBodyOptional?: boolean;
  querystring?: TSchema;
  params?: TSchema;
  sends?: readonly Sent[];
  response: Record<number, TSchema>;
  /** Statuses of problems it can answer with, besides those that any operation can. */
  errors: readonly number[];
};

/** What `deps.config` gives to addresses. */
type Addressing = { config: Pick<Deps['config'], 'apiV1Prefix'> };

/** The schema of a route: its stable `operationId`, what it takes and all it may answer. */
export function operation<const P extends Parts>(operationId: string, summary: string, parts: P) {
  const { response, errors, isBodyOptional, sends = [], ...rest } = parts;
  const problems = Object.fromEntries(errors.map((status) => [status, problemSchema]));
  return {
    operationId,
    summary,
    ...rest,
    [sendsKeyword]: sends,
    ...(isBodyOptional && parts.body && { body: { ...parts.body, [optionalKeyword]: true } }),
    response: { ...response, ...problems },
  } as unknown as FastifySchema & Omit<P, 'errors' | 'isBodyOptional' | 'sends'>;
}

/** Path of a thing, for `Location`. */
export function locationOf({ config }: Addressing, path: string): string {
  return `${config.apiV1Prefix}${path}`;
}
