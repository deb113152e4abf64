import type { Reason } from '#platform/errors.ts';
import type { Option, Question, QuestionResponse } from './question.ts';

export const MAX_RESPONSE_CHARACTERS = 20_000;

export type ParsedResponse = { ok: true; response: QuestionResponse } | { ok: false; reasons: Reason[] };

/**
 * Checks that a response has the shape that its question takes. null and undefined clear an answer. Paths are JSON
 * Pointers into the response ("" left out). Codes: `wrong_type`, `unknown_option`, `duplicate_option`, `too_long`,
 * `invalid_text`.
 */
export function parseResponse(question: Question, response: unknown): ParsedResponse {
  if (response === null || response === undefined) return { ok: true, response: null };
  switch (question.type) {
    case 'single':
      if (typeof response !== 'string') return wrongType('an option id');
      return isKnown(question.options, response) ? ok(response) : refuse(unknownOption());
    case 'multiple':
      return parseOptionIds(question.options, response);
    case 'trueFalse':
      return typeof response === 'boolean' ? ok(response) : wrongType('true or false');
    case 'shortText':
    case 'essay':
      return parseText(response);
    case 'numeric':
      return typeof response === 'number' && Number.isFinite(response)
        ? ok(response)
        : wrongType('a finite number');
  }
}

function ok(response: QuestionResponse): ParsedResponse {
  return { ok: true, response };
}

function refuse(...reasons: Reason[]): ParsedResponse {
  return { ok: false, reasons };
}

function wrongType(expected: string): ParsedResponse {
  return refuse({ code: 'wrong_type', params: { expected }, message: `The response must be ${expected}.` });
}

function isKnown(options: readonly Option[], id: string): boolean {
  return options.some((option) => option.id === id);
}

function unknownOption(path?: string): Reason {
  const message = 'The question has no option with this id.';
  return { ...(path === undefined ? {} : { path }), code: 'unknown_option', message };
}

function parseOptionIds(options: readonly Option[], response: unknown): ParsedResponse {
  if (!Array.isArray(response) || !response.every((id) => typeof id === 'string')) {
    return wrongType('a list of option ids');
  }
  const reasons: Reason[] = [];
  const seen = new Set<string>();
  // More ids than options cannot all be known and unique: the first that is not is found among these.
  for (const [index, id] of response.slice(0, options.length + 1).entries()) {
    const path = `/${index}`;
    if (!isKnown(options, id)) reasons.push(unknownOption(path));
    else if (seen.has(id)) {
      reasons.push({ path, code: 'duplicate_option', message: 'The option is named more than once.' });
    }
    seen.add(id);
  }
  return reasons.length === 0 ? ok(response) : refuse(...reasons);
}

function parseText(response: unknown): ParsedResponse {
  if (typeof response !== 'string') return wrongType('a text');
  if (response.length > MAX_RESPONSE_CHARACTERS) {
    const params = { max: MAX_RESPONSE_CHARACTERS };
    return refuse({ code: 'too_long', params, message: `At most ${params.max} characters.` });
  }
  // PostgreSQL stores neither in text or jsonb: past this point it would be a 500.
  if (response.includes('\0') || !response.isWellFormed()) {
    return refuse({ code: 'invalid_text', message: 'The text has a null character or half a character.' });
  }
  return ok(response);
}
