/** Which attributes an answer holds (RFC 7644, section 3.9). */
export type Wish = { attributes?: string | undefined; excludedAttributes?: string | undefined };

const always = new Set(['schemas', 'id']);
const ownSchema = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/;

/** Whether an attribute is wanted: where nothing is said, what is `byDefault`. */
export function wants({ attributes, excludedAttributes }: Wish, name: string, byDefault = true): boolean {
  if (attributes !== undefined && attributes.trim() !== '')
    return namesIn(attributes).some((each) => each === name || each.startsWith(`${name}.`));
  return byDefault && !namesIn(excludedAttributes).includes(name);
}

/** The resource with those attributes alone; their parts stay together. */
export function projected<T extends { id: string }>(resource: T, wish: Wish): T {
  const entries = Object.entries(resource).filter(
    ([name]) => always.has(name) || wants(wish, name.toLowerCase()),
  );
  return Object.fromEntries(entries) as T;
}

function namesIn(list = ''): string[] {
  return list.split(',').map((each) => each.trim().toLowerCase().replace(ownSchema, ''));
}
