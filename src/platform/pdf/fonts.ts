import { join } from 'node:path';
import type { Font, GlyphRun } from 'fontkit';
import { fontFileReader, packageFolder, readSliceIndex } from './font-files.ts';
import type { FontFile, SliceIndex } from './font-files.ts';
import { variableSubset } from './variable-subset.ts';

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

/** Immutable font data; make it once with `loadFonts` and pass it on. */
export interface FontLibrary {
  /** Fonts for one more document. Never shared: fontkit remembers a glyph's first text and would leak it into the next. */
  open(): FontSet;
}

// Noto Serif looks as dark as EB Garamond at this weight.
const NOTO_WEIGHT = 400;

/**
 * Loads the fonts: EB Garamond for Latin, Greek and Cyrillic, Noto Naskh
 * Arabic, Noto Serif Hebrew, and Noto Serif SC and JP, of which only the
 * slices that a text needs are read. fontkit is imported here and not before.
 */
export async function loadFonts(): Promise<FontLibrary> {
  const { create } = await import('fontkit');
  const read = fontFileReader();
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
      const face = faces.get(file.key) ?? openFace(file, read(file), create);
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

type Create = (typeof import('fontkit'))['create'];

function openFace(file: FontFile, bytes: Uint8Array, create: Create): Face {
  const opened = create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as Font;
  const font = file.weight === undefined ? opened : opened.getVariation({ wght: file.weight });
  const layout = (text: string): GlyphRun =>
    font.layout(text, undefined, undefined, undefined, face.direction);
  const replaced: PropertyDescriptorMap = { layout: { value: layout }, postscriptName: { value: file.key } };
  if (file.weight !== undefined) replaced['createSubset'] = { value: () => variableSubset(font, bytes) };
  const face: Face = { key: file.key, direction: 'ltr', font: Object.create(font, replaced) as Font };
  return face;
}
