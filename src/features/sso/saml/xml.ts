import { createRequire } from 'node:module';

/** An element and all that is in it. `name` is without its prefix; `attributes` go by their names as written. */
export type XmlElement = {
  name: string;
  namespace: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  /** Of all text in it, in its order. */
  text: string;
};

/** The text is no XML, or of a kind that no message of SAML is. */
export class XmlRefused extends Error {
  override name = 'XmlRefused';
}

// As far as it is used: its own types would bring those of browsers into the program.
type Node = {
  nodeType: number;
  localName: string;
  namespaceURI: string | null;
  attributes: ArrayLike<{ name: string; value: string }>;
  childNodes: ArrayLike<Node>;
  nodeValue: string | null;
};
type Fail = (message: unknown) => void;
type Xmldom = {
  DOMParser: new (options: { errorHandler: { warning: Fail; error: Fail; fatalError: Fail } }) => {
    parseFromString(text: string, type: 'text/xml'): { documentElement: Node | undefined };
  };
};

const elementType = 1;
const textType = 3;
const maxDepth = 40;

/** How much there may be of it. */
export type XmlLimits = { elements: number; attributes: number };

const name = '[A-Za-z_][\\w.:-]*';
const tag = new RegExp(`<(/?)${name}((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const declaration = /^\uFEFF?\s*<\?xml[^?<>]*\?>/;
const foreignEntity = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\dA-Fa-f]{1,6});)/;

/**
 * Reads XML of nothing but elements, attributes and text. A document type, an entity, a comment, a processing instruction
 * or a CDATA section is refused: no message needs one, and parsers have differed on what they say. So is what is nested
 * deeper or has more parts than any message. Throws `XmlRefused`.
 */
export function readXml(text: string, limits: XmlLimits): XmlElement {
  const content = text.replace(declaration, '');
  scan(content, limits);
  const fail: Fail = (message) => {
    throw new XmlRefused(String(message));
  };
  // Loaded when it is first wanted.
  const { DOMParser } = createRequire(import.meta.url)('@xmldom/xmldom') as Xmldom;
  const parser = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } });
  let root: Node | undefined;
  try {
    root = parser.parseFromString(content, 'text/xml').documentElement;
  } catch (error) {
    throw error instanceof XmlRefused ? error : new XmlRefused('It does not parse.', { cause: error });
  }
  if (!root) throw new XmlRefused('It has no element.');
  return elementOf(root);
}

/** What is written where only elements, attributes and text may stand; takes linear time. */
function scan(text: string, limits: XmlLimits): void {
  if (foreignEntity.test(text)) throw new XmlRefused('It has an entity.');
  let depth = 0;
  let elements = 0;
  let attributes = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    tag.lastIndex = at;
    const [whole, closes = '', given = '', isEmpty = ''] = tag.exec(text) ?? [];
    if (whole === undefined) throw new XmlRefused('It has something else than elements.');
    at += whole.length;
    depth += closes === '/' ? -1 : isEmpty === '/' ? 0 : 1;
    elements += closes === '/' ? 0 : 1;
    attributes += given.split('=').length - 1;
    const isTooLong = elements > limits.elements || attributes > limits.attributes;
    if (depth < 0 || depth > maxDepth || isTooLong)
      throw new XmlRefused('It is nested too deeply, or too long.');
  }
}

function elementOf(node: Node): XmlElement {
  const children: XmlElement[] = [];
  let text = '';
  for (const each of Array.from(node.childNodes)) {
    if (each.nodeType === elementType) {
      const child = elementOf(each);
      children.push(child);
      text += child.text;
    } else if (each.nodeType === textType) text += each.nodeValue ?? '';
    else throw new XmlRefused('It has something else than elements.');
  }
  return {
    name: node.localName,
    namespace: node.namespaceURI ?? '',
    attributes: new Map(Array.from(node.attributes).map((each) => [each.name, each.value])),
    children,
    text,
  };
}

/** The element and all below it, in the order of the document. */
export function* elementsOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* elementsOf(child);
}

/** Its children of this name. */
export function childrenOf(element: XmlElement, namespace: string, childName: string): XmlElement[] {
  return element.children.filter((each) => each.name === childName && each.namespace === namespace);
}

/** Its one child of this name, or undefined where there is none, or more. */
export function childOf(element: XmlElement, namespace: string, childName: string): XmlElement | undefined {
  const found = childrenOf(element, namespace, childName);
  return found.length === 1 ? found[0] : undefined;
}

export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
} as const;
