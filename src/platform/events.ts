import type { ValidateFunction } from 'ajv';
import type { Counter } from 'prom-client';
import type { Static, TSchema } from 'typebox';
import { sql, type RawBuilder } from 'kysely';
import type { Tx } from './db/database.ts';
import { id, object } from './http/schema.ts';
import { createAjv } from './http/validation.ts';
import { newId } from './ids.ts';
import type { JobDefinition } from './jobs/definition.ts';
import type { Jobs, NewJob } from './jobs/jobs.ts';
import type { Traceparent } from './trace/tracer.ts';

/** A kind of fact. `data` holds ids, numbers, codes and times, never names, addresses or free text. */
export type EventDefinition<Data extends TSchema = TSchema> = { type: string; version: number; data: Data };

/** One that leaves the house: in the catalogue, the change feed and webhooks. Within a version only additions. */
export type PublicEventDefinition<Data extends TSchema = TSchema> = EventDefinition<Data> & {
  /** When it happens, in one sentence. */
  description: string;
  example: Static<Data>;
};

/** An event of the program's own: in the log, and nowhere else. */
export function defineEvent<const Data extends TSchema>(type: string, data: Data): EventDefinition<Data> {
  return { type, version: 1, data };
}

export function definePublicEvent<const Data extends TSchema>(
  type: string,
  data: Data,
  about: { description: string; example: Static<Data> },
): PublicEventDefinition<Data> {
  return { type, version: 1, data, ...about };
}

export type NewEvent = {
  definition: EventDefinition;
  actorId: string | null;
  at: Date;
  data: unknown;
  /** Which the jobs that follow it continue. */
  trace?: Traceparent;
};

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
export type Reaction = {
  event: EventDefinition;
  job: JobDefinition;
  /** The payload is `followedEvent`: for work that is done once an event. */
  isGivenId?: true;
  /** Without it, the job follows every event of the type. */
  when?: (each: NewEvent) => boolean;
};
/** The job reads the rest. */
export const followedEvent = object({ eventId: id });

/** Every event there is: a fact of another is refused. */
export type EventCatalogue = {
  public: readonly PublicEventDefinition[];
  internal: readonly EventDefinition[];
};

/** What follows public events of any type, with their ids alone: `{eventIds}`, at most 100 in a job. */
export type Follower = {
  job: JobDefinition;
  /** SQL that tells of the new row of `event` whether the job is wanted; part of the statement that inserts it. */
  isWanted: RawBuilder<boolean>;
};

export type Events = {
  catalogue: EventCatalogue;
  /**
   * Keeps the facts and adds a job for each reaction, in the caller's transaction. Throws for data that do not match
   * the event's schema, and for an event that is not in the catalogue: both are faults of ours. Returns the events' ids.
   */
  publish(tx: Tx, ...facts: NewEvent[]): Promise<string[]>;
};

export type EventsOptions = {
  catalogue: EventCatalogue;
  reactions: readonly Reaction[];
  follower?: Follower;
  count?: Counter<'type'>;
};

const idsInJob = 100;

/** Throws where an event or a reaction is listed twice, or a reaction's event not at all. */
export function createEvents(jobs: Jobs, { catalogue, reactions, follower, count }: EventsOptions): Events {
  checkLists(catalogue, reactions);
  const validate = createValidation(catalogue);
  for (const { type } of [...catalogue.public, ...catalogue.internal]) count?.inc({ type }, 0);
  const publicTypes = new Set(catalogue.public.map(({ type }) => type));
  return {
    catalogue,
    async publish(tx, ...facts) {
      if (facts.length === 0) return [];
      for (const each of facts) validate(each);
      const rows = facts.map(toRow);
      const isFollowed = follower && facts.some(({ definition }) => publicTypes.has(definition.type));
      const wanted = isFollowed ? follower.isWanted : sql<boolean>`false`;
      const kept = await tx
        .insertInto('event')
        .values(rows)
        .returning(['id', 'type', wanted.as('isWanted')])
        .execute();
      const followed = kept.filter(({ type, isWanted }) => isWanted && publicTypes.has(type));
      await jobs.enqueueAll(tx, [
        ...facts.flatMap((each, at) => jobsOf(each, rows[at]?.id, reactions)),
        ...(follower ? chunksOf(followed.map(({ id }) => id)).map(toJob(follower, facts[0]?.trace)) : []),
      ]);
      for (const { definition } of facts) count?.inc({ type: definition.type });
      return rows.map(({ id }) => id);
    },
  };
}

function checkLists({ public: shown, internal }: EventCatalogue, reactions: readonly Reaction[]): void {
  const types = [...shown, ...internal].map(({ type }) => type);
  const doubled = types.find((type, at) => types.indexOf(type) !== at);
  if (doubled !== undefined) throw new Error(`The event ${doubled} is listed twice.`);
  const seen = new Set<string>();
  for (const { event, job } of reactions) {
    if (!types.includes(event.type)) throw new Error(`The event ${event.type} is in no list of events.`);
    const key = `${event.type} → ${job.name}`;
    if (seen.has(key)) throw new Error(`The reaction ${key} is listed twice.`);
    seen.add(key);
  }
}

/** A schema is compiled when its first fact comes, and kept. */
function createValidation(catalogue: EventCatalogue): (each: NewEvent) => void {
  const ajv = createAjv(false);
  const listed = new Set([...catalogue.public, ...catalogue.internal]);
  const compiled = new Map<EventDefinition, ValidateFunction>();
  return ({ definition, data }) => {
    const { type } = definition;
    if (!listed.has(definition)) throw new Error(`The event ${type} is in no list of events.`);
    const matches = compiled.get(definition) ?? ajv.compile(definition.data);
    compiled.set(definition, matches);
    if (!matches(data))
      throw new Error(`The data of ${type} do not match its schema: ${ajv.errorsText(matches.errors)}.`);
  };
}

function toRow({ definition, actorId, at, data }: NewEvent) {
  return {
    id: newId(),
    type: definition.type,
    version: definition.version,
    occurred_at: at,
    actor_id: actorId,
    data: sql`${JSON.stringify(data)}::jsonb`,
  };
}

function jobsOf(each: NewEvent, eventId: string | undefined, reactions: readonly Reaction[]): NewJob[] {
  return reactions
    .filter(({ event, when }) => event.type === each.definition.type && (when?.(each) ?? true))
    .map(({ job, isGivenId }) => ({
      definition: job,
      payload: isGivenId ? { eventId } : each.data,
      ...(each.trace !== undefined && { trace: each.trace }),
    }));
}

function toJob({ job }: Follower, trace: Traceparent | undefined): (eventIds: string[]) => NewJob {
  return (eventIds) => ({ definition: job, payload: { eventIds }, ...(trace !== undefined && { trace }) });
}

function chunksOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / idsInJob) }, (_, at) =>
    ids.slice(at * idsInJob, (at + 1) * idsInJob),
  );
}
