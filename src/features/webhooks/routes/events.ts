import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { operation } from '#platform/http/operation.ts';
import type { App } from '#platform/http/types.ts';
import { placeInvalid, readPlace, writePlace } from '../cursor.ts';
import { exampleOf, schemaOf } from '../event-shape.ts';
import { presentEvent } from '../present.ts';
import { beginning, readFeed } from '../queries/feed.ts';
import { eventPage, eventTypePage, feedQuery } from '../schemas.ts';

const tags = ['Events'];
const config = { access: 'events.view' } as const;

export function eventRoutes(app: App, deps: Deps): void {
  const types = operation('listEventTypes', 'List the types of events', {
    tags,
    response: { 200: eventTypePage },
    errors: [401, 403],
  });
  // 1 statement: sign-in.
  app.get('/event-types', { schema: types, config }, async () => ({
    items: deps.events.catalogue.public.map((definition) => ({
      type: definition.type,
      version: definition.version,
      description: definition.description,
      schema: schemaOf(definition),
      example: exampleOf(definition),
    })),
    nextCursor: null,
  }));

  const feed = operation('listEvents', 'Read the change feed', {
    tags,
    description:
      'Every event once, in one order for all readers. `nextCursor` is never null: at the end, ask again with it. What a transaction that is still open may yet add is waited for and not skipped.',
    querystring: feedQuery,
    response: { 200: eventPage },
    errors: [400, 401, 403],
  });
  // 2 statements.
  app.get('/events', { schema: feed, config }, async (request) => {
    const { after, limit = 20, type } = request.query;
    const place = after === undefined ? beginning : readPlace(after);
    const page = await readFeed(deps.db, wantedTypes(deps, type), place, limit);
    // A database that was put back from a copy has given out less than the cursor has seen.
    if (!page.isKnownPlace) throw placeInvalid();
    return {
      items: page.rows.map(presentEvent),
      nextCursor: writePlace(page.next),
      hasMore: page.hasMore,
    };
  });
}

function wantedTypes({ events }: Deps, wanted: readonly string[] | undefined): string[] {
  const known = events.catalogue.public.map(({ type }) => type);
  const unknown = wanted?.filter((type) => !known.includes(type)) ?? [];
  if (unknown.length === 0) return wanted ? [...wanted] : known;
  const reasons = unknown.map((type) => ({
    path: 'type',
    code: 'unknown_event_type',
    params: { type },
    message: `There is no event "${type}".`,
  }));
  throw invalid('The query is not valid.', reasons);
}
