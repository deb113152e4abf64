import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { EventDefinition } from '#platform/events.ts';
import { eventCatalogue } from './event-types.ts';
import { reactions } from './events.ts';

/** Texts that are ours or a standard's, and nobody's words. */
const codes = new Set(['file.uploaded: mediaType']);
const features = new URL('../features/', import.meta.url);

async function definedEvents(): Promise<EventDefinition[]> {
  const files = readdirSync(features).map((feature) => `${feature}/events.ts`);
  const there = new Set(readdirSync(features, { recursive: true, encoding: 'utf8' }));
  const modules = await Promise.all(
    files.filter((file) => there.has(file)).map((file) => import(new URL(file, features).href)),
  );
  return modules.flatMap((module: object) => Object.values(module)).filter(isEvent);
}

function isEvent(value: unknown): value is EventDefinition {
  return (
    typeof value === 'object' && value !== null && 'type' in value && 'version' in value && 'data' in value
  );
}

suite('the list of events', () => {
  const listed = [...eventCatalogue.public, ...eventCatalogue.internal];

  test('has every event that a feature defines, and nothing else', async () => {
    const types = (events: readonly EventDefinition[]) => events.map(({ type }) => type).toSorted();
    assert.deepEqual(types(await definedEvents()), types(listed));
  });

  test('has those to which jobs react', () => {
    for (const { event } of reactions) assert.ok(listed.includes(event), event.type);
  });

  test('has nothing that names a person or could hold free text in what is public', () => {
    for (const { type, data } of eventCatalogue.public) {
      const fields = (data as unknown as { properties: Record<string, { format?: string; enum?: unknown }> })
        .properties;
      for (const [name, schema] of Object.entries(fields)) {
        const isClosed =
          schema.format === 'uuid' || schema.format === 'date-time' || schema.enum !== undefined;
        const isCode = codes.has(`${type}: ${name}`);
        assert.ok(isClosed || isCode || 'maximum' in schema, `${type}: ${name}`);
      }
      assert.equal((data as { additionalProperties?: boolean }).additionalProperties, false, type);
    }
  });
});
