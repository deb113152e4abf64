/** Whether all that was seen so far is UTF-8 text; fed with the content as it comes. */
export type TextCheck = { add(chunk: Buffer): void; end(): boolean };

export function createTextCheck(): TextCheck {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isText = true;
  const add = (chunk: Buffer, isLast = false) => {
    if (!isText) return;
    try {
      // Of the controls, texts have white space, and ESC where a terminal was recorded.
      isText = !binaryControl.test(decoder.decode(chunk, { stream: !isLast }));
    } catch {
      isText = false;
    }
  };
  return {
    add: (chunk) => add(chunk),
    end() {
      add(Buffer.alloc(0), true);
      return isText;
    },
  };
}

const binaryControl = new RegExp(String.raw`[\u0000-\u0008\u000e-\u001a\u001c-\u001f]`);

/** Extensions of texts that are no more than text wherever they are opened: only their readers differ. */
const plainTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  md: 'text/markdown',
  vtt: 'text/vtt',
  json: 'application/json',
};

/** The type of a text by its beginning. What a browser would run is told from what it would only show. */
export function typeOfText(head: Buffer, extension: string): string {
  const start = head.toString('utf8').replace(/^\uFEFF/, '');
  if (start.startsWith('#!')) return 'text/x-script';
  const markup = start.replace(/^(?:\s+|<!--[^]*?-->|<\?xml[^]*?\?>|<!doctype svg[^>]*>)+/i, '');
  if (/^<(?:svg|[\w-]+:svg)[\s/>]/i.test(markup)) return 'image/svg+xml';
  if (/^\s*<\?xml/i.test(start)) return 'application/xml';
  if (htmlStart.test(markup)) return 'text/html';
  if (/^<(?:!doctype|[a-z_][\w.-]*(?::[\w.-]+)?[\s/>])/i.test(markup)) return 'application/xml';
  return plainTypes[extension] ?? 'text/plain';
}

// As in https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type, and what else scripts.
const htmlStart =
  /^<(?:!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|img|object|embed|form|meta|link|base|math|input|video|audio)[\s/>]/i;
