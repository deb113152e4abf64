import { foldCase, stripAccents } from '#platform/text.ts';
import type { MultipleQuestion, Question, QuestionResponse, ShortTextQuestion } from './question.ts';

export type Grade = {
  /** Unrounded; null while a grader has to read it. */
  points: number | null;
  /** Whether all of it is right; null while a grader has to read it. */
  isCorrect: boolean | null;
};

/**
 * What a response earns. None at all (null, undefined, a blank essay) earns 0 points, which no grader needs to see;
 * so does one of a shape that `parseResponse` would refuse.
 */
export function gradeResponse(question: Question, response: QuestionResponse | undefined): Grade {
  if (response === null || response === undefined) return wrong();
  switch (question.type) {
    case 'single': {
      const chosen = question.options.find((option) => option.id === response);
      return allOrNothing(question, chosen?.isCorrect === true);
    }
    case 'multiple':
      return Array.isArray(response) ? gradeMultiple(question, response) : wrong();
    case 'trueFalse':
      return allOrNothing(question, response === question.answer);
    case 'shortText':
      return allOrNothing(question, typeof response === 'string' && matchesText(question, response));
    case 'numeric': {
      const { answer, tolerance = 0 } = question;
      return allOrNothing(question, typeof response === 'number' && isWithin(response, answer, tolerance));
    }
    case 'essay': {
      const isBlank = typeof response !== 'string' || trimOuter(response) === '';
      return isBlank ? wrong() : { points: null, isCorrect: null };
    }
  }
}

function wrong(): Grade {
  return { points: 0, isCorrect: false };
}

function allOrNothing({ points }: Question, isCorrect: boolean): Grade {
  return { points: isCorrect ? points : 0, isCorrect };
}

/** Where no option is right, choosing none is. */
function gradeMultiple(question: MultipleQuestion, response: readonly string[]): Grade {
  const chosen = new Set(response);
  const right = new Set(question.options.filter((option) => option.isCorrect).map((option) => option.id));
  const rightChosen = [...chosen].filter((id) => right.has(id)).length;
  const wrongChosen = chosen.size - rightChosen;
  const isCorrect = rightChosen === right.size && wrongChosen === 0;
  if (isCorrect || question.scoring === 'allOrNothing') return allOrNothing(question, isCorrect);
  const share = Math.max(0, rightChosen - wrongChosen);
  return { points: share === 0 ? 0 : (question.points * share) / right.size, isCorrect: false };
}

function matchesText(question: ShortTextQuestion, response: string): boolean {
  const given = foldAnswer(question, response);
  return given !== '' && question.answers.some((answer) => foldAnswer(question, answer) === given);
}

/**
 * What never counts: outer spaces and invisible characters (keyboards of right-to-left languages add them), the kind
 * and number of inner spaces, how a character is composed, and full or half width, which is the state of an input
 * method. Compatibility forms beyond width do count: m² is not m2.
 */
function foldAnswer(question: ShortTextQuestion, text: string): string {
  const { ignoreCase = true, ignoreAccents = false } = question;
  const narrow = text.replace(/[\uFF00-\uFFEF]+/g, (wide) => wide.normalize('NFKC'));
  let folded = trimOuter(narrow)
    .replace(/\p{White_Space}+/gu, ' ')
    .normalize('NFC');
  if (ignoreAccents) folded = stripAccents(folded);
  if (ignoreCase) folded = foldCase(folded);
  return folded;
}

function trimOuter(text: string): string {
  const isOuter = /[\p{White_Space}\p{Default_Ignorable_Code_Point}]/u;
  const characters = Array.from(text);
  const from = characters.findIndex((character) => !isOuter.test(character));
  const to = characters.findLastIndex((character) => !isOuter.test(character));
  return from === -1 ? '' : characters.slice(from, to + 1).join('');
}

/**
 * |response − answer| ≤ tolerance in decimals, as people write them: every number is taken as its first 15 significant
 * digits, which is what a double holds for certain, and whole numbers as they are. So 0.1 + 0.2 is 0.3, 0.4 lies
 * within 0.1 of 0.3, and 9007199254740991 is not 9007199254740990.
 */
function isWithin(response: number, answer: number, tolerance: number): boolean {
  if (![response, answer, tolerance].every(Number.isFinite)) return false;
  const [r, a, t] = [toDecimal(response), toDecimal(answer), toDecimal(Math.max(0, tolerance))];
  const exponent = Math.min(r.exponent, a.exponent, t.exponent);
  const scaled = (x: Decimal) => x.digits * 10n ** BigInt(x.exponent - exponent);
  const difference = scaled(r) - scaled(a);
  return (difference < 0n ? -difference : difference) <= scaled(t);
}

/** digits × 10^exponent */
type Decimal = { digits: bigint; exponent: number };

function toDecimal(value: number): Decimal {
  if (Number.isSafeInteger(value)) return { digits: BigInt(value), exponent: 0 };
  const [mantissa = '0', exponent = '0'] = value.toExponential(14).split('e');
  return { digits: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - 14 };
}
