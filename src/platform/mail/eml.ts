/** What a page shows of a message that we wrote ourselves (RFC 5322, text and HTML as alternatives). */
export type ReadMessage = { headers: ReadonlyMap<string, string>; text: string; html: string };

/** Names of headers are in lower case; of one that comes twice the first counts. */
export function readMessage(bytes: Buffer): ReadMessage {
  const { headers, body } = splitPart(bytes.toString('latin1'));
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [{ headers, body }] : body.split(`--${boundary}`).map(splitPart);
  const bodyOf = (type: string) => {
    const part = parts.find((each) => each.headers.get('content-type')?.startsWith(type));
    return part ? decodeBody(part) : '';
  };
  const decoded = new Map([...headers].map(([name, value]) => [name, decodeWords(value)]));
  return { headers: decoded, text: bodyOf('text/plain'), html: bodyOf('text/html') };
}

type Part = { headers: ReadonlyMap<string, string>; body: string };

function splitPart(raw: string): Part {
  const text = raw.replace(/^\r?\n/, '');
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  const body = text.slice(head.length).replace(/^\r?\n\r?\n/, '');
  const headers = new Map<string, string>();
  // A line that begins with a space goes on with the one before.
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    if (at > 0 && !headers.has(name)) headers.set(name, line.slice(at + 1).trim());
  }
  return { headers, body };
}

function decodeBody({ headers, body }: Part): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  const plain = encoding === 'quoted-printable' ? decodeQuoted(body.replaceAll(/=\r?\n/g, '')) : body;
  return Buffer.from(plain, 'latin1').toString('utf8');
}

// RFC 2047; the space between two encoded words is none.
function decodeWords(value: string): string {
  const joined = value.replaceAll(/(\?=)\s+(=\?)/g, '$1$2');
  return joined.replaceAll(
    /=\?utf-8\?([bq])\?([^?]*)\?=/gi,
    (_: string, encoding: string, content: string) => {
      if (encoding.toLowerCase() === 'b') return Buffer.from(content, 'base64').toString('utf8');
      return Buffer.from(decodeQuoted(content.replaceAll('_', ' ')), 'latin1').toString('utf8');
    },
  );
}

function decodeQuoted(text: string): string {
  return text.replaceAll(/=([0-9A-F]{2})/gi, (_: string, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
