import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { provisionerOf } from '#platform/http/access.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { bringGroup, changeGroup, removeGroup } from '../commands/change-group.ts';
import { readFilter } from '../filter.ts';
import { readGroup, readGroupPatch, maxMembers } from '../group-patch.ts';
import { presentGroup, presentList } from '../present.ts';
import { projected, wants, type Wish } from '../projection.ts';
import { findGroup, groupFilters, listGroups, listMembers, type GroupRow } from '../queries/groups.ts';
import {
  groupBody,
  listingQuery,
  oneQuery,
  patchBody,
  scimGroup,
  scimGroupList,
} from '../schemas/resources.ts';
import { refusedAs, scimMediaType } from '../scim-error.ts';
import { readVersions, versionOfGroup } from '../version.ts';
import { scimConfig as config, scimOperation, sendResource } from './protocol.ts';
import { rangeOf } from './users.ts';

export function groupRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  readingRoute(app, deps);
  changingRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = scimOperation('listScimGroups', 'List groups', {
    description: `Those that the connection keeps; with \`members\` where \`attributes\` asks for them. \`filter\` compares by \`eq\`: ${groupFilters.join(', ')}.`,
    querystring: listingQuery,
    response: { 200: scimGroupList },
    errors: [],
  });
  // 3 statements: token, count, page; one more for members.
  app.get('/Groups', { schema: listing, config }, async (request, reply) => {
    const { query } = request;
    const { connectionId } = provisionerOf(request);
    const range = rangeOf(query);
    const terms = readFilter(query.filter, groupFilters);
    const { rows, count } = await listGroups(deps.db, connectionId, terms, range);
    const groups = await withMembers(deps, connectionId, rows, wants(query, 'members', false));
    const shown = groups.map((each) => projected(each, query));
    return reply.type(scimMediaType).send(presentList(shown, { count, offset: range.offset }));
  });

  const creating = scimOperation('createScimGroup', 'Bring a group', {
    description: 'Never takes over a group that is there.',
    body: groupBody,
    querystring: oneQuery,
    sends: ['etag', 'location'],
    response: { 201: scimGroup },
    errors: [409],
  });
  app.post('/Groups', { schema: creating, config }, async (request, reply) => {
    const row = await bringGroup(traced(deps, request), provisionerOf(request), readGroup(request.body));
    reply.status(201).header('location', presentGroup(row, undefined, deps.config).meta.location);
    return send(deps, request, reply, row);
  });
}

function readingRoute(app: App, deps: Deps): void {
  const reading = scimOperation('getScimGroup', 'Read a group', {
    description: `With its members, ${maxMembers} at most: with \`excludedAttributes=members\` nobody looks for them.`,
    params: idParams,
    querystring: oneQuery,
    sends: ['etag'],
    response: { 200: scimGroup },
    errors: [404],
  });
  app.get('/Groups/:id', { schema: reading, config }, async (request, reply) => {
    const { connectionId } = provisionerOf(request);
    const row = await findGroup(deps.db, { connectionId, id: request.params.id });
    if (!row) throw notFound('Group');
    return send(deps, request, reply, row);
  });
}

function changingRoutes(app: App, deps: Deps): void {
  const replacing = scimOperation('replaceScimGroup', 'Replace a group', {
    params: idParams,
    body: groupBody,
    querystring: oneQuery,
    sends: ['etag'],
    response: { 200: scimGroup },
    errors: [404, 409, 412],
  });
  app.put('/Groups/:id', { schema: replacing, config }, async (request, reply) => {
    const change = { ...readGroup(request.body), isWhole: true };
    const row = await changeGroup(traced(deps, request), provisionerOf(request), wanted(request), change);
    return send(deps, request, reply, row);
  });

  const patching = scimOperation('updateScimGroup', 'Change a group', {
    description: `Members are added and removed without reading the others, at most ${maxMembers} at once.`,
    params: idParams,
    body: patchBody,
    response: { 204: noContent },
    errors: [404, 409, 412],
  });
  app.patch('/Groups/:id', { schema: patching, config }, async (request, reply) => {
    const change = readGroupPatch(request.body.Operations);
    await changeGroup(traced(deps, request), provisionerOf(request), wanted(request), change);
    return reply.status(204).send();
  });

  const deleting = scimOperation('deleteScimGroup', 'Delete a group', {
    description: 'Its members stay, without the roles that they had by it.',
    params: idParams,
    response: { 204: noContent },
    errors: [404, 412],
  });
  app.delete('/Groups/:id', { schema: deleting, config }, async (request, reply) => {
    await removeGroup(traced(deps, request), provisionerOf(request), wanted(request));
    return reply.status(204).send();
  });
}

async function send(deps: Deps, request: Request, reply: Reply, row: GroupRow): Promise<Reply> {
  const wish = request.query as Wish;
  const { connectionId } = provisionerOf(request);
  const [group] = await withMembers(deps, connectionId, [row], wants(wish, 'members'));
  if (!group) throw notFound('Group');
  return sendResource(request, reply, projected(group, wish), versionOfGroup(row));
}

async function withMembers(deps: Deps, connectionId: string, rows: readonly GroupRow[], isWanted: boolean) {
  if (!isWanted) return rows.map((row) => presentGroup(row, undefined, deps.config));
  const ids = rows.map(({ id }) => id);
  const members = await listMembers(deps.db, connectionId, ids, maxMembers + 1);
  if (members.length > maxMembers)
    throw refusedAs('tooMany', `More than ${maxMembers} members. Ask with excludedAttributes=members.`);
  const byGroup = Map.groupBy(members, ({ groupId }) => groupId);
  return rows.map((row) => presentGroup(row, byGroup.get(row.id) ?? [], deps.config));
}

function wanted({ params, headers }: Request) {
  return { id: (params as { id: string }).id, versions: readVersions(headers['if-match']) };
}
