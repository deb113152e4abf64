import type { FastifyInstance } from 'fastify';
import { AppError } from '#platform/errors.ts';

type Known = { pattern: RegExp; methods: Set<string> };

/** Tells an address that exists, asked by a method it does not have (405), from one that does not (404). */
export function rememberMethods(app: FastifyInstance): (method: string, url: string) => AppError | undefined {
  const known = new Map<string, Known>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const each of [method].flat()) entry.methods.add(each);
    known.set(url, entry);
  });
  return (method, url) => {
    const path = url.split('?', 1)[0] ?? url;
    const found = known.values().find(({ pattern }) => pattern.test(path));
    if (!found || found.methods.has(method)) return undefined;
    const allow = [...found.methods].toSorted().join(', ');
    return new AppError(405, 'method_not_allowed', `This address takes ${allow}.`, { headers: { allow } });
  };
}

function patternOf(url: string): RegExp {
  const escaped = url.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+');
  return new RegExp(`^${escaped}$`);
}
