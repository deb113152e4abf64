import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { waitFor } from './wait.ts';

// Tests read events freely and assert what they find.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any;
export type StreamEvent = { type: string; id: string | undefined; data: Data; receivedAt: number };

export type EventStream = {
  status: number;
  headers: IncomingMessage['headers'];
  /** The body where the answer is no stream. */
  text(): Promise<string>;
  /** All so far, `ready` and `end` included. */
  events: StreamEvent[];
  comments: number;
  of(type: string): StreamEvent[];
  /** The last id received, as a browser keeps it. */
  lastEventId(): string | undefined;
  /** Waits for so many of the type. */
  take(type: string, count?: number, timeoutMs?: number): Promise<StreamEvent[]>;
  /** Whether the server has ended it. */
  isEnded(): boolean;
  /** Stops reading; the connection stays. */
  pause(): void;
  close(): void;
};

export type FollowOptions = {
  token?: string;
  lastEventId?: string | undefined;
  query?: string;
  origin?: string;
};

/** Opens `GET /me/events` as a front end without EventSource does, and waits for the head of the answer. */
export async function follow(
  baseUrl: string,
  { token, lastEventId, query = '', origin }: FollowOptions,
): Promise<EventStream> {
  const sent = request(`${baseUrl}/me/events${query}`, {
    agent: false,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      ...(origin !== undefined && { origin }),
    },
  });
  sent.on('error', () => {});
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return read(sent, answer);
}

function read(sent: ClientRequest, answer: IncomingMessage): EventStream {
  const events: StreamEvent[] = [];
  const seen = { text: '', rest: '', comments: 0, lastEventId: undefined as string | undefined };
  let isEnded = false;
  const ended = new Promise<void>((resolve) => {
    answer.once('close', () => {
      isEnded = true;
      resolve();
    });
  });
  answer.on('error', () => {});
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    seen.text += chunk;
    const blocks = (seen.rest + chunk).split('\n\n');
    seen.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) seen.comments += 1;
      const event = eventOf(block);
      if (!event) continue;
      events.push(event);
      seen.lastEventId = event.id ?? seen.lastEventId;
    }
  });
  const of = (type: string) => events.filter((each) => each.type === type);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: async () => {
      await ended;
      return seen.text;
    },
    events,
    get comments() {
      return seen.comments;
    },
    of,
    lastEventId: () => seen.lastEventId,
    async take(type, count = 1, timeoutMs = 20_000) {
      await waitFor(`${count} × ${type}`, () => of(type).length >= count, timeoutMs);
      return of(type);
    },
    isEnded: () => isEnded,
    pause: () => void answer.pause(),
    close: () => void sent.destroy(),
  };
}

function eventOf(block: string): StreamEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  const type = fields.get('event');
  if (type === undefined) return undefined;
  return {
    type,
    id: fields.get('id'),
    data: JSON.parse(fields.get('data') ?? 'null'),
    receivedAt: performance.now(),
  };
}
