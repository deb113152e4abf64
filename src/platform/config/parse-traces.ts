type Parsed<Value> = { value: Value } | { problem: string };

/** A base address: what is sent is added to its path. */
export function parseCollectorUrl(text: string): Parsed<string> {
  const url = /\s/.test(text) ? null : URL.parse(text);
  const isBare = url !== null && `${url.search}${url.hash}${url.username}${url.password}` === '';
  if (isBare && ['http:', 'https:'].includes(url.protocol)) return { value: url.href.replace(/\/+$/, '') };
  return {
    problem: 'is not http(s)://HOST:PORT, perhaps with a path: no user, no password, nothing behind ? or #',
  };
}

/** As W3C Baggage has them, kept as they are. None is repeated in a reason: those of headers are secrets. */
export function parsePairs(text: string): Parsed<string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  if (pairs.length > 0 && pairs.every(isPair)) return { value: text };
  return {
    problem: 'is not a list such as name=value,name=value, with %2C, %3B and %25 for , ; and % in a value',
  };
}

function isPair(text: string): boolean {
  const [, value] =
    /^\s*[\w.!#$&'*+^`|~-]+\s*=\s*([\x21-\x2b\x2d-\x3a\x3c-\x7e][\x20-\x2b\x2d-\x3a\x3c-\x7e]*)$/.exec(
      text,
    ) ?? [];
  return value !== undefined && isDecodable(value);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function parseRatio(text: string): Parsed<number> {
  const value = /^(?:\d{1,3}(?:\.\d{0,9})?|\.\d{1,9})$/.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? { value } : { problem: 'is not a number from 0 to 1, such as 0.1' };
}
