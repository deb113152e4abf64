import type { TSchema } from 'typebox';
import { operation, type Sent } from '#platform/http/operation.ts';
import { matchesTag } from '#platform/http/etag.ts';
import type { Reply, Request } from '#platform/http/types.ts';
import { scimError } from '../schemas/resources.ts';
import { renderScimProblem, scimMediaType } from '../scim-error.ts';

/** Of every route of the protocol. */
export const scimConfig = {
  access: 'provisioning',
  countsFor: ({ provisioner }: Request) => provisioner?.connectionId,
  protocol: { mediaType: scimMediaType, renderProblem: renderScimProblem },
} as const;

const tags = ['SCIM'];
const always = [400, 401, 403, 429, 503];
const withBody = [413, 415];

type Parts = {
  description?: string;
  body?: TSchema;
  querystring?: TSchema;
  params?: TSchema;
  sends?: readonly Sent[];
  response: Record<number, TSchema>;
  errors: readonly number[];
};

/** As `operation`, with errors of the protocol. */
export function scimOperation<const P extends Parts>(id: string, summary: string, { errors, ...parts }: P) {
  const statuses = [...always, ...(parts.body ? withBody : []), ...errors];
  const answers = Object.fromEntries(statuses.map((status) => [status, scimError]));
  // Handlers send what the operation is for; errors are thrown.
  const response: P['response'] = { ...parts.response, ...answers };
  return operation(id, summary, { tags, ...parts, response, errors: [] });
}

/** Sends a resource with its ETag, or that nothing has changed. */
export function sendResource<T extends object>(
  request: Request,
  reply: Reply,
  resource: T,
  version: string,
): Reply {
  reply.header('etag', version).type(scimMediaType);
  if (request.method === 'GET' && matchesTag(request.headers['if-none-match'], version.replace(/^W\//, '')))
    return reply.status(304).send();
  return reply.send(resource);
}
