import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { TSchema } from 'typebox';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/ids.ts';
import { reasonsOf } from './reasons.ts';
import { nameKeyword, optionalKeyword, streamedKeyword } from './schema.ts';

type Part = 'body' | 'querystring' | 'params' | 'headers';

/** A larger input is told the first thing that is wrong: finding all of 100,000 takes a quarter of a second. */
const maxExplained = 2_000;
/** Of a body that is not taken at all. */
const maxTold = 20;

/**
 * Bodies are not coerced, query strings are. Unknown fields are refused. A schema is compiled when it
 * is first needed: compiling all of them doubles the time in which the server gets ready (90 to 180 ms).
 */
export function useStrictValidation(app: FastifyInstance): void {
  const strict = { first: createAjv(false, false), all: createAjv(false) };
  const coercing = { first: createAjv('array', false), all: createAjv('array') };
  const compile: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
    const part = httpPart as Part;
    if ((schema as Record<string, unknown>)[streamedKeyword]) return (data: unknown) => ({ value: data });
    const { first, all } = part === 'body' ? strict : coercing;
    let validate: ValidateFunction | undefined;
    let explain: ValidateFunction | undefined;
    return (data: unknown) => {
      validate ??= first.compile(schema);
      const input = part === 'querystring' ? splitLists(schema, data) : (data ?? emptyBody(schema));
      if (validate(input)) return endless(input) ?? { value: input };
      let { errors } = validate;
      if (hasAtMost(maxExplained, input)) {
        explain ??= all.compile(schema);
        explain(input);
        errors = explain.errors ?? errors;
      }
      return { error: (errors ?? []) as unknown as FastifySchemaValidationError[] };
    };
  };
  app.setValidatorCompiler(compile);
  // Answers are built field by field in `present.ts`; tests hold them against their schemas.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setSchemaErrorFormatter((errors, part) => problemOf(errors as ErrorObject[], part));
  app.addHook('preValidation', (request, _reply, done) => {
    const { schema } = request.routeOptions;
    if (schema && schema.body === undefined) refuseBody(request.body);
    refuseUnstorableText([request.body, request.query, request.params]);
    done();
  });
}

export function createAjv(coerceTypes: false | 'array', allErrors = true): Ajv {
  const ajv = new Ajv({
    coerceTypes,
    useDefaults: true,
    allErrors,
    strict: true,
    strictTypes: false,
    allowUnionTypes: true,
    discriminator: true,
  });
  ajv.addKeyword(nameKeyword);
  ajv.addKeyword(optionalKeyword);
  addFormats.default(ajv, ['date-time', 'uri', 'email']);
  // The package's own also takes "urn:uuid:…", which PostgreSQL does not.
  ajv.addFormat('uuid', isUuid);
  return ajv;
}

// Ajv makes `1e400` an Infinity of a query, and compares no bound with it.
function endless(input: unknown): { error: FastifySchemaValidationError[] } | undefined {
  const found = Object.entries(input ?? {}).find(([, value]) => value === Infinity || value === -Infinity);
  if (!found) return undefined;
  const instancePath = `/${found[0]}`;
  const error = {
    keyword: 'type',
    instancePath,
    schemaPath: '',
    params: { type: 'number' },
    message: 'must be number',
  };
  return { error: [error] };
}

/** Whether fields and items of all levels are that many or fewer; looks at no more of them. */
function hasAtMost(count: number, root: unknown): boolean {
  const stack = [root];
  let left = count;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const children: unknown[] = Object.values(next);
    left -= children.length;
    if (left < 0) return false;
    stack.push(...children.filter((child) => typeof child === 'object' && child !== null));
  }
  return true;
}

// Of what takes none: `{}` is none, since many programs send it with every request that changes something.
function refuseBody(body: unknown): void {
  if (body === undefined || body === null) return;
  const noBody = 'This operation takes no body.';
  if (typeof body !== 'object' || Array.isArray(body)) throw new AppError(400, 'invalid', noBody);
  const fields = Object.keys(body);
  if (fields.length === 0) return;
  const errors = fields.slice(0, maxTold).map((field) => ({
    path: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    code: 'unknown_field',
    message: noBody,
  }));
  throw new AppError(400, 'unknown_field', noBody, { errors });
}

function emptyBody(schema: TSchema): unknown {
  return (schema as Record<string, unknown>)[optionalKeyword] ? {} : undefined;
}

// `a,b` → ['a', 'b'] for parameters that are lists.
function splitLists(schema: TSchema, data: unknown): unknown {
  const properties = (schema as { properties?: Record<string, { type?: unknown }> }).properties ?? {};
  const entries = Object.entries(data as Record<string, unknown>).map(([name, value]) => {
    const isList = Object.hasOwn(properties, name) && properties[name]?.type === 'array';
    return [name, isList && typeof value === 'string' ? value.split(',') : value];
  });
  return Object.fromEntries(entries);
}

function problemOf(errors: readonly ErrorObject[], part: string): AppError {
  // A path that cannot name anything names nothing.
  if (part === 'params') return new AppError(404, 'not_found', 'Nothing has this address.');
  const reasons = reasonsOf(errors, part === 'body');
  const unknown = reasons.find((reason) => reason.code === 'unknown_field');
  const where = part === 'body' ? 'body' : 'query';
  if (unknown)
    return new AppError(400, 'unknown_field', `The ${where} has a field that is unknown or read-only.`, {
      errors: reasons,
    });
  return new AppError(400, 'invalid', `The ${where} is not valid.`, { errors: reasons });
}

const maxDepth = 32;

/**
 * PostgreSQL stores neither U+0000 nor half a surrogate pair, and nothing here nests deeply. Walks
 * without recursion, so that no depth can exhaust the stack.
 */
function refuseUnstorableText(roots: unknown[]): void {
  const stack = roots.map((value) => ({ value, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') refuseText(value);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth)
      throw new AppError(400, 'invalid', `The input nests deeper than ${maxDepth} levels.`);
    for (const [key, child] of Object.entries(value)) {
      refuseText(key);
      if (typeof child === 'string') refuseText(child);
      else if (typeof child === 'object' && child !== null) stack.push({ value: child, depth: depth + 1 });
    }
  }
}

function refuseText(text: string): void {
  if (text.includes('\u0000') || !text.isWellFormed()) {
    const reason = { code: 'invalid_text', message: 'Text must be well-formed Unicode without U+0000.' };
    throw new AppError(400, 'invalid', reason.message, { errors: [reason] });
  }
}
