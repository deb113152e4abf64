import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { decodeWoff2 } from './woff2.ts';

const require = createRequire(import.meta.url);

/** One font file: which package, which file in it, and how to make a font of it. */
export interface FontFile {
  /** Unique among all files; names the font in the PDF. */
  key: string;
  path: string;
  /** Variable fonts are drawn at this weight (CSS numbers). */
  weight?: number;
}

/** A family cut into files by code point: answers the file that holds one, or undefined. */
export type SliceIndex = (codePoint: number) => FontFile | undefined;

export function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** Index of a Fontsource variable package, from its `unicode.json`; `wanted` chooses among the parts by name. */
export function readSliceIndex(name: string, weight: number, wanted: (part: string) => boolean): SliceIndex {
  const folder = packageFolder(name);
  const family = name.slice(name.lastIndexOf('/') + 1);
  const parts = JSON.parse(readFileSync(join(folder, 'unicode.json'), 'utf8')) as Record<string, string>;
  const ranges: { from: number; to: number; file: FontFile }[] = [];
  for (const [label, list] of Object.entries(parts)) {
    const part = label.replaceAll(/[[\]]/g, '');
    if (!wanted(part)) continue;
    const key = `${family}-${part}`;
    const file = { key, weight, path: join(folder, 'files', `${key}-wght-normal.woff2`) };
    for (const range of list.split(',')) {
      const [from = '', to = from] = range.trim().slice(2).split('-');
      ranges.push({ file, from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) });
    }
  }
  ranges.sort((a, b) => a.from - b.from);
  return (codePoint) => {
    const after = ranges.findIndex((range) => range.from > codePoint);
    const range = ranges[(after === -1 ? ranges.length : after) - 1];
    return range && codePoint <= range.to ? range.file : undefined;
  };
}

/** The file as TrueType. */
export function readFontFile(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith('.woff2') ? decodeWoff2(bytes) : bytes;
}

/** Remembers what `make` made for the `limit` keys used last. */
export function lastUsed<Value>(limit: number, make: (file: FontFile) => Value): (file: FontFile) => Value {
  const kept = new Map<string, Value>();
  return (file) => {
    const value = kept.get(file.key) ?? make(file);
    kept.delete(file.key);
    kept.set(file.key, value);
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
