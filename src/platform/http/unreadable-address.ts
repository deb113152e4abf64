import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError } from '#platform/errors.ts';
import type { Reply, Request } from './types.ts';

/** What is said of an address that the router cannot read; undefined for all others. */
export type AddressRefusal = (request: Request) => AppError | undefined;

// Of no route.
const nowhere = '/unreadable-address';

/**
 * Has an address that the router cannot read go the way of one that is not there: the router would answer it by itself,
 * without a hook, and so without the headers that every answer has, and without a line in the log.
 */
export function createAddressRefusals() {
  const refusals = new WeakMap<IncomingMessage, AppError>();
  const refusalOf: AddressRefusal = ({ raw }) => refusals.get(raw);
  return {
    refusalOf,
    refuse(
      { routing }: Pick<FastifyInstance, 'routing'>,
      error: FastifyError,
      { raw }: Request,
      { raw: response }: Reply,
    ): void {
      const refusal =
        error.code === 'FST_ERR_BAD_URL'
          ? new AppError(400, 'invalid', 'This address cannot be decoded.')
          : new AppError(404, 'not_found', 'Nothing has this address.');
      refusals.set(raw, refusal);
      raw.url = nowhere;
      routing(raw, response);
    },
  };
}
