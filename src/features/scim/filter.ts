import { refusedAs } from './scim-error.ts';

/** `attribute eq "value"`, the attribute in lower case and without its schema. */
export type Term = { attribute: string; value: string };

const maxTerms = 3;
const ownSchema = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/;
/** Takes linear time, and names nothing but letters: what comes of it is looked up in a closed list. */
const term =
  /^\s*([a-z][a-z0-9:._-]{0,150}(?:\[type eq "[a-z]{1,20}"\](?:\.value)?)?)\s+eq\s+("(?:[^"\\]|\\.)*")\s*(?:and\s+(.*))?$/is;

/**
 * What a filter asks for: comparisons by `eq` with a text, up to three of them by `and`. Anything else is refused, as is an
 * attribute that is not among those (RFC 7644 leaves to a server which filters it takes).
 */
export function readFilter<const Known extends string>(
  filter: string | undefined,
  known: readonly Known[],
): (Term & { attribute: Known })[] {
  const terms: (Term & { attribute: Known })[] = [];
  for (let rest = filter; rest !== undefined;) {
    const [, name = '', literal = '', others] = term.exec(rest) ?? [];
    const attribute = known.find((each) => each === attributeOf(name));
    if (attribute === undefined || terms.length === maxTerms) throw refused(known);
    terms.push({ attribute, value: textOf(literal, known) });
    rest = others;
  }
  return terms;
}

// `emails[type eq "work"].value` is how Entra asks for the address; there is one.
function attributeOf(name: string): string {
  const plain = name.toLowerCase().replace(ownSchema, '');
  return plain.replace(/\[type eq "[a-z]+"\]/, '').replace(/^(emails|members)$/, '$1.value');
}

function textOf(literal: string, known: readonly string[]): string {
  try {
    const value: unknown = JSON.parse(literal);
    if (typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000')) return value;
  } catch {
    // No text of JSON.
  }
  throw refused(known);
}

function refused(known: readonly string[]) {
  return refusedAs(
    'invalidFilter',
    `Filters compare by eq, up to ${maxTerms} of them joined by and, of: ${known.join(', ')}.`,
  );
}
