import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import type { WebhookChange } from '../queries/webhooks.ts';
import { reasonAgainstUrl } from '../url.ts';

export type WebhookInput = {
  url?: string;
  events?: string[];
  description?: string | null;
  isActive?: boolean;
};

/** What to store of it. Throws 400 with the reasons. */
export function checkedInput(
  deps: Deps,
  { url, events, description, isActive }: WebhookInput,
): WebhookChange {
  const reasons = [
    url === undefined ? undefined : reasonAgainstUrl(url, deps.config),
    ...unknownTypes(deps, events ?? []).map((type) => ({
      path: '/events',
      code: 'unknown_event_type',
      params: { type },
      message: `There is no event "${type}".`,
    })),
  ].filter((reason) => reason !== undefined);
  if (reasons.length > 0) throw invalid('The endpoint is not valid.', reasons);
  return {
    ...(url !== undefined && { url }),
    ...(events && { event_types: events.includes('*') ? ['*'] : events }),
    ...(description !== undefined && { description: description?.trim() || null }),
    ...(isActive !== undefined && { is_active: isActive }),
  };
}

function unknownTypes({ events }: Deps, types: readonly string[]): string[] {
  const known = new Set(['*', ...events.catalogue.public.map(({ type }) => type)]);
  return types.filter((type) => !known.has(type));
}
