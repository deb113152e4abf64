import { presentNotification } from '../present.ts';
import type { NewsItem } from '../queries/news.ts';

/** Why a stream ends. A client opens another, but not after `sessionEnded` and `tooManyStreams`. */
export type EndReason = 'sessionEnded' | 'tooManyStreams' | 'restart';

/** A comment: keeps proxies from taking the connection for dead, and finds out where it is. */
export const heartbeat = ':\n\n';

/** The first line: how long a browser waits before it connects again. Not the same for all, or they would come at once. */
export function retryMessage(random: () => number): string {
  return `retry: ${2_000 + Math.floor(random() * 3_000)}\n\n`;
}

/** From here on nothing is missed: what the client reads after this is whole. */
export function readyMessage(position: number): string {
  return message('ready', {}, position);
}

/** The client's place is unknown here: it reads again what it shows. */
export function resetMessage(position: number): string {
  return message('reset', {}, position);
}

export function newsMessage(item: NewsItem): string {
  const shown = item.type === 'notification' ? presentNotification(item.notification) : item.progress;
  return message(item.type, shown, item.sequence);
}

export function endMessage(reason: EndReason): string {
  return message('end', { reason });
}

// https://html.spec.whatwg.org/multipage/server-sent-events.html. JSON has no line breaks of its own.
function message(event: string, data: object, id?: number): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}
