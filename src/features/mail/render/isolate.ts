const open = '\u2068';
const close = '\u2069';

/**
 * Marks the texts of a model that run the other way than the language of the mail, so that they do not turn the
 * sentence around them (Unicode TR 9, first strong isolate). Addresses of links and
 * codes are left as they are.
 */
export function isolateForeign<Model extends object>(model: Model, direction: 'ltr' | 'rtl'): Model {
  const entries = Object.entries(model).map(([key, value]: [string, unknown]) => {
    if (typeof value === 'string' && !/(?:url|code)$/i.test(key)) return [key, isolate(value, direction)];
    if (typeof value === 'object' && value !== null) return [key, isolateForeign(value, direction)];
    return [key, value];
  });
  return Object.fromEntries(entries) as Model;
}

/** One text, marked where it runs the other way. */
export function isolate(text: string, direction: 'ltr' | 'rtl'): string {
  return (directionOf(text) ?? direction) === direction ? text : `${open}${text}${close}`;
}

/** For places that show plain text and may show the marks, such as a subject. */
export function withoutIsolates(text: string): string {
  return text.replaceAll(/[\u2066-\u2069]/g, '');
}

/** HTML that was escaped already, with elements in the place of the marks. */
export function isolatesToElements(html: string): string {
  return html.replaceAll(open, '<bdi>').replaceAll(close, '</bdi>');
}

const letter = /\p{L}/u;
const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** By the first letter; undefined for numbers and signs alone. */
function directionOf(text: string): 'ltr' | 'rtl' | undefined {
  const first = letter.exec(text)?.[0];
  if (first === undefined) return undefined;
  return rightToLeft.test(first) ? 'rtl' : 'ltr';
}
