import type { ErrorObject } from 'ajv';
import type { Reason } from '#platform/errors.ts';
import { emailPattern, oneLinePattern } from './schema.ts';

type Params = Record<string, unknown>;

// In words a person understands; Ajv's own say "must NOT have fewer than 1 characters".
const messages: Record<string, (params: Params) => string> = {
  required: () => 'This field is required.',
  additionalProperties: () => 'This field is unknown or read-only.',
  type: ({ type }) => `It must be ${[type].flat().map(nameOfType).join(' or ')}.`,
  enum: ({ allowedValues }) => `It must be one of: ${(allowedValues as unknown[]).join(', ')}.`,
  minLength: ({ limit }) => `It must have at least ${counted(limit, 'character')}.`,
  maxLength: ({ limit }) => `It must have at most ${counted(limit, 'character')}.`,
  minItems: ({ limit }) => `It must list at least ${counted(limit, 'item')}.`,
  maxItems: ({ limit }) => `It must list at most ${counted(limit, 'item')}.`,
  minProperties: ({ limit }) => `It must have at least ${counted(limit, 'field')}.`,
  maxProperties: ({ limit }) => `It must have at most ${counted(limit, 'field')}.`,
  uniqueItems: () => 'It must not list anything twice.',
  minimum: ({ limit }) => `It must be at least ${String(limit)}.`,
  maximum: ({ limit }) => `It must be at most ${String(limit)}.`,
  exclusiveMinimum: ({ limit }) => `It must be more than ${String(limit)}.`,
  format: ({ format }) => `It must be ${nameOfFormat(format)}.`,
  pattern: () => 'It does not have the form that is asked for.',
  discriminator: ({ tag }) => `Its ${String(tag)} must be one of those that the document lists.`,
};

const maxReasons = 20;

/** What Ajv found in a body or elsewhere, one reason for one mistake: an empty text is too short, and not blank as well. */
export function reasonsOf(errors: readonly ErrorObject[], isBody: boolean): Reason[] {
  const reasons = errors.slice(0, maxReasons).map((error) => reasonOf(error, isBody));
  const short = new Set(reasons.filter(({ code }) => code === 'min_length').map(({ path }) => path));
  return reasons.filter(({ code, path }) => code !== 'blank' || !short.has(path));
}

export function invalidEmail(path: string): Reason {
  return { path, code: 'email_invalid', message: 'It is not a mail address.' };
}

/** What Ajv found, as a reason with a stable code, a path and a sentence. A path into a body is a JSON Pointer. */
function reasonOf({ keyword, instancePath, params, message }: ErrorObject, isBody: boolean): Reason {
  const field = (params['additionalProperty'] ?? params['missingProperty']) as string | undefined;
  const pointer = field === undefined ? instancePath : `${instancePath}/${escaped(field)}`;
  const path = isBody ? pointer : pointer.replace(/^\//, '');
  if (keyword === 'pattern' && params['pattern'] === '\\S') {
    return { path, code: 'blank', message: 'It must not be blank.' };
  }
  if (keyword === 'pattern' && params['pattern'] === oneLinePattern) {
    return {
      path,
      code: 'control_characters',
      message: 'It must stand on one line, without control characters.',
    };
  }
  if (keyword === 'pattern' && params['pattern'] === emailPattern) return invalidEmail(path);
  const sentence = messages[keyword]?.(params) ?? `It ${message ?? 'is not valid'}.`;
  if (keyword === 'additionalProperties') return { path, code: 'unknown_field', message: sentence };
  if (keyword === 'required') return { path, code: 'required', message: sentence };
  const code = keyword.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { path, code, params: { ...params }, message: sentence };
}

// RFC 6901.
function escaped(field: string): string {
  return field.replaceAll('~', '~0').replaceAll('/', '~1');
}

function counted(limit: unknown, thing: string): string {
  return `${String(limit)} ${thing}${limit === 1 ? '' : 's'}`;
}

function nameOfType(type: unknown): string {
  const names: Record<string, string> = {
    string: 'a text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
    array: 'a list',
    null: 'null',
  };
  return names[String(type)] ?? String(type);
}

function nameOfFormat(format: unknown): string {
  const names: Record<string, string> = { uuid: 'an id', 'date-time': 'a time such as 2026-01-31T09:30:00Z' };
  return names[String(format)] ?? `a valid ${String(format)}`;
}
