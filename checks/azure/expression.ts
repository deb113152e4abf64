/** What an expression of a template is worth. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** The functions that an expression may call. They throw what is wrong with a call. */
export type Functions = Readonly<Record<string, (...args: Value[]) => Value>>;

type Reader = { readonly text: string; at: number; readonly functions: Functions };

/**
 * The value of a text of a template: of an expression, where it stands in brackets, else the text itself. Both
 * branches of an `if` are worked out, so that what is wrong in either is found.
 */
export function evaluate(text: string, functions: Functions): Value {
  if (!text.startsWith('[') || text.startsWith('[[') || !text.endsWith(']')) return text;
  const reader: Reader = { text: text.slice(1, -1), at: 0, functions };
  const value = readExpression(reader);
  skipSpace(reader);
  if (reader.at !== reader.text.length) throw unexpected(reader);
  return value;
}

function readExpression(reader: Reader): Value {
  let value = readPrimary(reader);
  for (;;) {
    if (take(reader, '.')) value = memberOf(value, readName(reader));
    else if (take(reader, '[')) {
      value = memberOf(value, readExpression(reader));
      expect(reader, ']');
    } else return value;
  }
}

function readPrimary(reader: Reader): Value {
  skipSpace(reader);
  const rest = reader.text.slice(reader.at);
  const literal = /^'((?:[^']|'')*)'/.exec(rest);
  if (literal) {
    reader.at += literal[0].length;
    return (literal[1] ?? '').replaceAll("''", "'");
  }
  const number = /^-?\d+/.exec(rest);
  if (number) {
    reader.at += number[0].length;
    return Number(number[0]);
  }
  const name = readName(reader);
  expect(reader, '(');
  const args: Value[] = [];
  while (!take(reader, ')')) {
    if (args.length > 0) expect(reader, ',');
    args.push(readExpression(reader));
  }
  if (!Object.hasOwn(reader.functions, name)) throw new Error(`calls ${name}(), which is not known here`);
  const call = reader.functions[name];
  if (call === undefined) throw new Error(`calls ${name}()`);
  return call(...args);
}

/** A part that is not there is an error: Azure would stop the deployment at it. */
export function memberOf(value: Value, name: Value): Value {
  const key = textOf(name);
  const found =
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Readonly<Record<string, Value>>)[key]
      : undefined;
  if (found === undefined) throw new Error(`there is no "${key}" in ${JSON.stringify(value)}`);
  return found;
}

/** A text, or what can stand for one; a list or an object cannot. */
export function textOf(value: Value | undefined): string {
  if (typeof value === 'object' || value === undefined)
    throw new Error(`${JSON.stringify(value)} is no text`);
  return String(value);
}

function readName(reader: Reader): string {
  skipSpace(reader);
  const name = /^[A-Za-z_]\w*/.exec(reader.text.slice(reader.at))?.[0];
  if (name === undefined) throw unexpected(reader);
  reader.at += name.length;
  return name;
}

function take(reader: Reader, sign: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== sign) return false;
  reader.at += 1;
  return true;
}

function expect(reader: Reader, sign: string): void {
  if (!take(reader, sign)) throw unexpected(reader);
}

function skipSpace(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at += 1;
}

function unexpected({ text, at }: Reader): Error {
  return new Error(`cannot be read from "${text.slice(at, at + 20)}" on: ${text}`);
}
