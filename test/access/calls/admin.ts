import { newId } from '#platform/ids.ts';
import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

async function jobIn(world: World, state: 'failed' | 'created') {
  const { items } = await must(world, 'admin', 'GET', `/admin/jobs?state=${state}&limit=1`);
  if (items.length === 0) throw new Error(`no job is ${state}`);
  return { path: { id: items[0].id as string } };
}

export const adminCalls: Record<string, Recipe> = {
  listAuditEvents: () => ({}),
  getAuditEvent: async (world) => {
    const { items } = await must(world, 'admin', 'GET', '/admin/audit-events?limit=1');
    return { path: { id: items[0].id as string } };
  },
  'getAuditEvent (unknown)': () => ({ path: { id: newId() } }),
  exportAuditEvents: () => ({ query: '?format=csv&action=course.published' }),
  listQueues: () => ({}),
  listJobs: () => ({}),
  retryJob: (world) => jobIn(world, 'failed'),
  'retryJob (waiting)': (world) => jobIn(world, 'created'),
};
