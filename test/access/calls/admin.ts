import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

async function jobIn(world: World, state: 'failed' | 'created') {
  const { items } = await must(world, 'admin', 'GET', `/admin/jobs?state=${state}&limit=1`);
  if (items.length === 0) throw new Error(`no job is ${state}`);
  return { path: { id: items[0].id as string } };
}

export const adminCalls: Record<string, Recipe> = {
  listQueues: () => ({}),
  listJobs: () => ({}),
  retryJob: (world) => jobIn(world, 'failed'),
  'retryJob (waiting)': (world) => jobIn(world, 'created'),
};
