import type { Static, TSchema } from 'typebox';
import { sql } from 'kysely';
import type { Tx } from './db/database.ts';
import { newId } from './ids.ts';
import type { JobDefinition } from './jobs/definition.ts';
import type { Jobs, NewJob } from './jobs/jobs.ts';

/** A kind of fact. `data` holds ids, numbers, codes and times, never names, addresses or free text. */
export type EventDefinition<Data extends TSchema = TSchema> = { type: string; version: number; data: Data };

export function defineEvent<const Data extends TSchema>(type: string, data: Data): EventDefinition<Data> {
  return { type, version: 1, data };
}

export type NewEvent = { definition: EventDefinition; actorId: string | null; at: Date; data: unknown };

/** A fact to publish: who did it (null: the system), when, and what. */
export function fact<const Data extends TSchema>(
  definition: EventDefinition<Data>,
  actorId: string | null,
  at: Date,
  data: Static<Data>,
): NewEvent {
  return { definition, actorId, at, data };
}

/** A job that follows an event. Its payload is the event's data. */
export type Reaction = { event: EventDefinition; job: JobDefinition };

export type Events = {
  /** Keeps the facts and adds a job for each reaction, in the caller's transaction. */
  publish(tx: Tx, ...facts: NewEvent[]): Promise<void>;
};

/** Throws where a reaction is listed twice. */
export function createEvents(jobs: Jobs, reactions: readonly Reaction[]): Events {
  const seen = new Set<string>();
  for (const { event, job } of reactions) {
    const key = `${event.type} → ${job.name}`;
    if (seen.has(key)) throw new Error(`The reaction ${key} is listed twice.`);
    seen.add(key);
  }
  return {
    async publish(tx, ...facts) {
      if (facts.length === 0) return;
      await tx
        .insertInto('event')
        .values(
          facts.map(({ definition, actorId, at, data }) => ({
            id: newId(),
            type: definition.type,
            version: definition.version,
            occurred_at: at,
            actor_id: actorId,
            data: sql`${JSON.stringify(data)}::jsonb`,
          })),
        )
        .execute();
      await jobs.enqueueAll(
        tx,
        facts.flatMap((each) => jobsOf(each, reactions)),
      );
    },
  };
}

function jobsOf(each: NewEvent, reactions: readonly Reaction[]): NewJob[] {
  return reactions
    .filter(({ event }) => event.type === each.definition.type)
    .map(({ job }) => ({ definition: job, payload: each.data }));
}
