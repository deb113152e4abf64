/**
 * What a browser sends under this name. Undefined also where the name comes twice: one of them was planted, and nobody can
 * tell which.
 */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const found = header
    ?.split(';')
    .map((each) => each.trim())
    .filter((each) => each.startsWith(`${name}=`));
  return found?.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
}
