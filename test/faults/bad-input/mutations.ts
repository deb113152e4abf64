import fc from 'fast-check';
import type { Call } from '#test/access/recipe.ts';
import type { Input } from './document.ts';
import { hostileBodies, hostileJson, hostileTexts } from './hostile.ts';

/** One request, ready to be sent. */
export type Draft = {
  /** With its query, percent-encoded. */
  path: string;
  headers?: Record<string, string>;
  raw?: string | Uint8Array<ArrayBuffer>;
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** Numbers that pick a place, whatever there is to pick from. */
type Change = { kind: number; place: number; text: string; json: string };
type Mutation = (input: Input, call: Call, change: Change) => Draft | undefined;

const mark = '@@hostile@@';

/** The call as it stands. */
export function draftOf({ path, bodyNames }: Input, call: Call): Draft {
  return {
    path: pathOf(path, call, encodeURIComponent) + (call.query ?? ''),
    ...(bodyNames !== null && call.body !== undefined && { raw: JSON.stringify(call.body) }),
    ...(call.headers && { headers: call.headers }),
    ...(call.raw && { raw: call.raw.body, headers: { ...call.headers, ...call.raw.headers } }),
  };
}

/** What is tried with every operation: each of its parameters wrong once, and every body that is none. */
export function certainDrafts(input: Input, call: Call): Draft[] {
  const draft = draftOf(input, call);
  const parts = [
    ...input.pathNames.flatMap((name) =>
      ['%00', 'no-id', 'x'.repeat(5_000)].map((text) => ({
        ...draft,
        path: withPath(input, call, name, text),
      })),
    ),
    ...[...input.queryNames, 'colour'].flatMap((name) =>
      ['%00', '', '-1'].map((text) => ({ ...draft, path: withQuery(draft.path, name, text) })),
    ),
    { ...draft, path: withQuery(draft.path, 'limit', '99999999999999999999') },
    { ...draft, path: withQuery(draft.path, 'cursor', 'eyJrIjpbXX0') },
  ];
  if (input.method === 'GET') return parts;
  const json = { 'content-type': 'application/json' };
  return [
    ...parts,
    ...hostileBodies.map((raw) => ({ ...draft, raw, headers: json })),
    ...(call.raw ? hostileBodies.map((raw) => ({ ...draft, raw })) : []),
    { ...draft, raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { ...draft, raw: '<a/>', headers: { 'content-type': 'text/xml' } },
    { ...draft, raw: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
    { ...draft, raw: '{}', headers: { ...json, 'idempotency-key': 'x'.repeat(300) } },
    { ...draft, headers: { ...draft.headers, 'if-match': '"x", W/"y", *' } },
  ];
}

/** So many others, the same for the same seed. */
export function drawnDrafts(
  input: Input,
  call: Call,
  { seed, count }: { seed: number; count: number },
): Draft[] {
  return fc.sample(changes, { seed, numRuns: count }).flatMap((change) => {
    const possible = mutations.flatMap((mutate) => mutate(input, call, change) ?? []);
    const chosen = possible[change.kind % Math.max(1, possible.length)];
    return chosen ? [chosen] : [];
  });
}

const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.nat(),
  place: fc.nat(),
  text: fc.oneof(
    fc.constantFrom(...hostileTexts),
    fc.string({ unit: 'grapheme', maxLength: 30 }).map(encodeURIComponent),
  ),
  json: hostileJson,
});

const mutations: readonly Mutation[] = [
  (input, call, { place, text }) => {
    const name = pick(input.pathNames, place);
    return name === undefined
      ? undefined
      : { ...draftOf(input, call), path: withPath(input, call, name, text) };
  },
  (input, call, { place, text }) => {
    const name = pick(input.queryNames, place);
    const draft = draftOf(input, call);
    return name === undefined ? undefined : { ...draft, path: withQuery(draft.path, name, text) };
  },
  // A value of the body, somewhere in it. Twice in the list, since there is most to get wrong.
  (input, call, change) => withHostileValue(input, call, change),
  (input, call, change) => withHostileValue(input, call, { ...change, place: change.place + 7 }),
  // A field that the call left out, or that does not exist.
  (input, call, { place, json }) => {
    if (input.bodyNames === null || input.isRaw || !isObject(call.body)) return undefined;
    const name = pick([...input.bodyNames, 'nickname', '__proto__'], place) ?? '';
    const text = JSON.stringify(call.body);
    const comma = text === '{}' ? '' : ',';
    return { ...draftOf(input, call), raw: `${text.slice(0, -1)}${comma}${JSON.stringify(name)}:${json}}` };
  },
  // Bytes that end too early.
  (input, call, { place }) => {
    const { raw = '' } = draftOf(input, call);
    return raw.length > 0 ? { ...draftOf(input, call), raw: raw.slice(0, place % raw.length) } : undefined;
  },
  // A field that is missing.
  (input, call, { place }) => {
    if (input.bodyNames === null || !isObject(call.body)) return undefined;
    const name = pick(Object.keys(call.body), place);
    const rest = Object.entries(call.body).filter(([key]) => key !== name);
    return { ...draftOf(input, call), raw: JSON.stringify(Object.fromEntries(rest)) };
  },
];

function withHostileValue(input: Input, call: Call, { place, json }: Change): Draft | undefined {
  if (input.bodyNames === null || input.isRaw || call.body === undefined) return undefined;
  const places = pointersOf(call.body as Json);
  const pointer = pick(places, place) ?? [];
  const marked = JSON.stringify(replaceAt(call.body as Json, pointer));
  return { ...draftOf(input, call), raw: marked.replace(`"${mark}"`, () => json) };
}

/** The ways to each value of it, itself included. */
function pointersOf(value: Json): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Array.isArray(value) ? value.map((item, at) => [at, item] as const) : Object.entries(value);
  return [[], ...below.flatMap(([key, item]) => pointersOf(item).map((rest) => [key, ...rest]))];
}

function replaceAt(value: Json, [key, ...rest]: (string | number)[]): Json {
  if (key === undefined) return mark;
  if (Array.isArray(value)) return value.map((item, at) => (at === key ? replaceAt(item, rest) : item));
  const { [key]: item = null } = value as { [key: string]: Json };
  return { ...(value as object), [key]: replaceAt(item, rest) };
}

function withPath({ path }: Input, call: Call, name: string, text: string): string {
  const others = pathOf(path.replace(`{${name}}`, mark), call, encodeURIComponent);
  return others.replace(mark, () => text) + (call.query ?? '');
}

function withQuery(path: string, name: string, text: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${name}=${text}`;
}

function pathOf(path: string, call: Call, encode: (text: string) => string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(call.path?.[name] ?? 'missing'));
}

function pick<T>(list: readonly T[], place: number): T | undefined {
  return list[place % Math.max(1, list.length)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
