import type { Recipe } from '../recipe.ts';
import { must, type World } from '../world.ts';

// A port that nothing listens at. Pings alone, but for the one of the world.
const body = { url: 'https://hook.example.com/lms', events: ['ping'] };

/** An endpoint of its own. */
async function makeWebhook(world: World): Promise<string> {
  return (await must(world, 'admin', 'POST', '/webhooks', body)).id;
}

export const webhookCalls: Record<string, Recipe> = {
  listEventTypes: () => ({}),
  listEvents: () => ({}),
  listWebhooks: () => ({}),
  createWebhook: () => ({ body }),
  getWebhook: ({ webhook }) => ({ path: { id: webhook.id } }),
  'getWebhook (unknown)': ({ people }) => ({ path: { id: people.student.id } }),
  updateWebhook: ({ webhook }) => ({ path: { id: webhook.id }, body: { description: 'Ours.' } }),
  deleteWebhook: { untilUsed: async (world) => ({ path: { id: await makeWebhook(world) } }) },
  'deleteWebhook (deleted)': async (world) => {
    const id = await makeWebhook(world);
    await must(world, 'admin', 'DELETE', `/webhooks/${id}`);
    return { path: { id } };
  },
  rotateWebhookSecret: ({ webhook }) => ({ path: { id: webhook.id } }),
  testWebhook: ({ webhook }) => ({ path: { id: webhook.id } }),
  'testWebhook (inactive)': async (world) => {
    const { id } = await must(world, 'admin', 'POST', '/webhooks', { ...body, isActive: false });
    return { path: { id } };
  },
  listWebhookDeliveries: ({ webhook }) => ({ path: { id: webhook.id } }),
  redeliverWebhookDelivery: ({ webhook }) => ({ path: webhook }),
  'redeliverWebhookDelivery (of another)': async (world) => ({
    path: { id: await makeWebhook(world), deliveryId: world.webhook.deliveryId },
  }),
  redeliverWebhookEvents: ({ webhook }) => ({
    path: { id: webhook.id },
    body: { from: '2026-01-01T00:00:00Z', to: '2026-01-31T00:00:00Z' },
  }),
};
