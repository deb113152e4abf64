import { join } from 'node:path';
import type { Font, Glyph, GlyphRun } from 'fontkit';
import { lastUsed, packageFolder, readFontFile, readSliceIndex } from './font-files.ts';
import type { FontFile, SliceIndex } from './font-files.ts';
import { GLYPH_COPY, outlineSubset } from './outline-subset.ts';

export type FontStyle = 'regular' | 'medium' | 'italic';

/** How Chinese characters that differ between the two countries are drawn. */
export type HanGlyphs = 'japanese' | 'chinese';

/** A font as one document uses it; pdfkit embeds what was laid out with it. */
export interface Face {
  key: string;
  /** The fontkit font, with `layout` and `createSubset` replaced where pdfkit needs it. */
  font: Font;
  /** Direction in which `font.layout` shapes next. Set before each drawing: pdfkit has no argument for it. */
  direction: 'ltr' | 'rtl';
}

/** The fonts of one document. */
export interface FontSet {
  /** The face that has every character of `cluster` (one user-perceived character), or undefined. */
  faceFor(cluster: string, style: FontStyle, han: HanGlyphs): Face | undefined;
}

/** The fonts that were read. Make it once with `loadFonts` and pass it on; what it has rendered never shows in what it renders next. */
export interface FontLibrary {
  /** Fonts for one more document. */
  open(): FontSet;
}

// A worker that met every Chinese and Japanese character would otherwise hold all 217 slices.
const KEPT_FILES = 32;

// Noto Serif looks as dark as EB Garamond at this weight.
const NOTO_WEIGHT = 400;

/**
 * Loads the fonts: EB Garamond for Latin, Greek and Cyrillic, Noto Naskh
 * Arabic, Noto Serif Hebrew, and Noto Serif SC and JP, of which only the
 * slices that a text needs are read. fontkit is imported here and not before.
 */
export async function loadFonts(): Promise<FontLibrary> {
  const { create } = await import('fontkit');
  const read = lastUsed(KEPT_FILES, (file) => readFont(file, create));
  const latin = latinFiles();
  const isNumbered = (part: string): boolean => /^\d+$/.test(part);
  const arabic = readSliceIndex(
    '@fontsource-variable/noto-naskh-arabic',
    NOTO_WEIGHT,
    (part) => part === 'arabic',
  );
  const hebrew = readSliceIndex(
    '@fontsource-variable/noto-serif-hebrew',
    NOTO_WEIGHT,
    (part) => part === 'hebrew',
  );
  const japanese = readSliceIndex('@fontsource-variable/noto-serif-jp', NOTO_WEIGHT, isNumbered);
  const chinese = readSliceIndex('@fontsource-variable/noto-serif-sc', NOTO_WEIGHT, isNumbered);
  const orders = {
    japanese: [arabic, hebrew, japanese, chinese],
    chinese: [arabic, hebrew, chinese, japanese],
  } satisfies Record<HanGlyphs, SliceIndex[]>;

  const open = (): FontSet => {
    const faces = new Map<string, Face>();
    const faceOf = (file: FontFile): Face => {
      const face = faces.get(file.key) ?? openFace(file.key, read(file));
      faces.set(file.key, face);
      return face;
    };
    return {
      faceFor(cluster, style, han) {
        const first = cluster.codePointAt(0) ?? 0;
        for (const index of [() => latin[style], ...orders[han]]) {
          const file = index(first);
          const face = file && faceOf(file);
          if (face && covers(face.font, cluster)) return face;
        }
        return undefined;
      },
    };
  };
  return { open };
}

function latinFiles(): Record<FontStyle, FontFile> {
  const folder = packageFolder('@expo-google-fonts/eb-garamond');
  const file = (cut: string): FontFile => ({
    key: `eb-garamond-${cut}`,
    path: join(folder, cut, `EBGaramond_${cut}.ttf`),
  });
  return { regular: file('400Regular'), medium: file('500Medium'), italic: file('400Regular_Italic') };
}

// Joiners and variation selectors steer shaping and draw nothing, so a font need not have them.
const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u;

function covers(font: Font, cluster: string): boolean {
  return Array.from(cluster).every(
    (char) => INVISIBLE.test(char) || font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0),
  );
}

interface ReadFont {
  font: Font;
  bytes: Uint8Array;
}

function readFont(file: FontFile, create: (typeof import('fontkit'))['create']): ReadFont {
  const bytes = readFontFile(file.path);
  const opened = create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as Font;
  const font = file.weight === undefined ? opened : opened.getVariation({ wght: file.weight });
  const getGlyph = font.getGlyph.bind(font);
  // fontkit answers the same object for a glyph always, with the characters it stood for the first time.
  font.getGlyph = (id, codePoints = []) =>
    Object.create(getGlyph(id), { codePoints: { value: codePoints } }) as Glyph;
  return { font, bytes };
}

function openFace(key: string, { font, bytes }: ReadFont): Face {
  const copyOf = glyphCopies();
  const layout = (text: string): GlyphRun => {
    const run = font.layout(text, undefined, undefined, undefined, face.direction);
    run.glyphs = run.glyphs.map(copyOf);
    return run;
  };
  const replaced: PropertyDescriptorMap = {
    layout: { value: layout },
    createSubset: { value: () => outlineSubset(font, bytes) },
    postscriptName: { value: key },
  };
  const face: Face = { key, direction: 'ltr', font: Object.create(font, replaced) as Font };
  return face;
}

/**
 * Numbers a glyph anew for every character that it stands for, because a PDF
 * says once for each number which text it is: without this, Arabic letters
 * that share a shape, and µ and μ, would all be copied as the one drawn first.
 */
function glyphCopies(): (glyph: Glyph) => Glyph {
  const copies = new Map<string, number>();
  const counts = new Map<number, number>();
  return ({ id, codePoints, advanceWidth }) => {
    const key = `${id} ${codePoints.join()}`;
    const count = counts.get(id) ?? 0;
    const copy = copies.get(key) ?? count;
    if (copy === count) counts.set(id, count + 1);
    copies.set(key, copy);
    // All that pdfkit asks of a glyph.
    return { id: copy * GLYPH_COPY + id, codePoints, advanceWidth } as unknown as Glyph;
  };
}
