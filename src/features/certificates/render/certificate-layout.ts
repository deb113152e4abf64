import type { Page } from '#platform/pdf/document.ts';
import { fitText } from '#platform/pdf/fit.ts';
import type { Box } from '#platform/pdf/fit.ts';
import type { FontStyle } from '#platform/pdf/fonts.ts';
import type { drawQrCode } from '#platform/pdf/qr-code.ts';
import { MISSING } from '#platform/pdf/shape.ts';
import type { TextStyle } from '#platform/pdf/shape.ts';
import { drawableText } from '#platform/pdf/text.ts';
import type { CertificatePdfInput } from './certificate-input.ts';
import type { CertificateWords } from './certificate-words.ts';

const ACCENT = '#0f4c5c';
const INK = '#1c1c1f';
const MUTED = '#5c636b';
const HAIRLINE = '#b9c6ca';

const WIDTH = 841.89;
const HEIGHT = 595.28;
const MIDDLE = WIDTH / 2;
/** Distance of the footer's texts and the QR code from the sheet's edges. */
const MARGIN = 84;
const QR_SIDE = 84;

type Align = 'start' | 'center';

interface Block {
  text: string;
  font: FontStyle;
  color: string;
  align: Align;
  /** The box that the text is centred in vertically; `x` is its left edge. */
  box: Box & { x: number; y: number };
  tag: 'H1' | 'P';
}

/** Paints everything on the page. Arabic certificates are the mirror image, QR code included. */
export function paintCertificate(
  page: Page,
  input: CertificatePdfInput,
  words: CertificateWords,
  drawCode: typeof drawQrCode,
): void {
  const draw = (block: Block): void => drawBlock(page, block, input.language, words.direction);
  paintFrame(page);
  for (const block of centreBlocks(input, words)) draw(block);
  paintFooter(page, input, words, draw);
  const x = words.direction === 'ltr' ? WIDTH - MARGIN - QR_SIDE : MARGIN;
  const y = HEIGHT - 72 - QR_SIDE;
  artifact(page, () => drawCode(page.doc, input.verifyUrl, { x, y, side: QR_SIDE, color: INK }));
  page.doc.link(x, y, QR_SIDE, QR_SIDE, input.verifyUrl);
}

/** A heavier line with a fine one inside it, and a short rule under the title. */
function paintFrame(page: Page): void {
  artifact(page, () => {
    const frame = (inset: number, width: number, color: string): void => {
      page.doc
        .rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
        .lineWidth(width)
        .stroke(color);
    };
    frame(28, 1.4, ACCENT);
    frame(33.5, 0.4, ACCENT);
    page.doc.rect(MIDDLE - 26, 171, 52, 0.9).fill(ACCENT);
    page.doc.rect(MARGIN, 425, WIDTH - 2 * MARGIN, 0.5).fill(HAIRLINE);
  });
}

function centreBlocks(input: CertificatePdfInput, words: CertificateWords): Block[] {
  const row = (y: number, height: number, sizes: Box['sizes'], width = 640): Block['box'] => ({
    x: MIDDLE - width / 2,
    y,
    width,
    height,
    lineHeight: 1.18,
    sizes,
  });
  const base = { align: 'center', tag: 'P' } as const;
  return [
    { ...base, text: input.issuer, font: 'medium', color: ACCENT, box: row(66, 42, [16, 12, 10, 0]) },
    { ...base, text: words.title, font: 'regular', color: ACCENT, tag: 'H1', box: row(112, 52, [36, 20]) },
    { ...base, text: words.presentedTo, font: 'italic', color: MUTED, box: row(188, 24, [15, 8]) },
    { ...base, text: input.learnerName, font: 'medium', color: INK, box: row(214, 84, [46, 31, 16, 13, 0]) },
    { ...base, text: words.hasCompleted, font: 'italic', color: MUTED, box: row(302, 24, [15, 8]) },
    { ...base, text: input.courseTitle, font: 'regular', color: INK, box: row(332, 72, [27, 20, 14, 11, 0]) },
  ];
}

function paintFooter(
  page: Page,
  input: CertificatePdfInput,
  words: CertificateWords,
  draw: (block: Block) => void,
): void {
  const room = WIDTH - 2 * MARGIN - QR_SIDE - 28;
  const isMirrored = words.direction === 'rtl';
  const cell = (
    from: number,
    width: number,
    y: number,
    height: number,
    sizes: Box['sizes'],
  ): Block['box'] => {
    const x = isMirrored ? WIDTH - MARGIN - from - width : MARGIN + from;
    return { x, y, width, height, lineHeight: 1.2, sizes };
  };
  const label = { font: 'italic', color: MUTED, align: 'start', tag: 'P' } as const;
  const value = { font: 'regular', color: INK, align: 'start', tag: 'P' } as const;
  const dateWidth = 190;
  const numberWidth = room - dateWidth - 20;
  const top = HEIGHT - 72 - QR_SIDE;
  const date = formatDate(page, input.completedAt, input.language);
  draw({ ...label, text: words.date, box: cell(0, dateWidth, top - 3.7, 14, [10.5, 6]) });
  draw({ ...value, text: date, box: cell(0, dateWidth, top + 10.3, 18, [13.5, 6]) });
  draw({ ...label, text: words.number, box: cell(dateWidth + 20, numberWidth, top - 3.7, 14, [10.5, 6]) });
  draw({
    ...value,
    text: input.number,
    box: cell(dateWidth + 20, numberWidth, top + 10.3, 18, [13.5, 9, 0]),
  });
  draw({ ...label, text: words.verifyAt, box: cell(0, room, top + 58, 14, [10.5, 6]) });
  const address = cell(0, room, top + 68, 24, [12, 8.5, 0]);
  draw({ ...value, text: input.verifyUrl, color: ACCENT, box: address });
}

function drawBlock(page: Page, block: Block, language: string, direction: 'ltr' | 'rtl'): void {
  const { box } = block;
  const text = drawableText(block.text);
  const base = /\p{L}/u.test(text) ? 'auto' : direction;
  const style: TextStyle = { font: block.font, han: hanGlyphs(text, language), base };
  const { lines, size } = fitText(page.shape, text, style, box);
  const height = lines.length * box.lineHeight * size;
  page.doc.addStructure(
    page.doc.struct(block.tag, { actual: text }, () => {
      for (const [index, line] of lines.entries()) {
        const width = line.width * size;
        const free = box.width - width;
        const start = direction === 'rtl' ? free : 0;
        const x = box.x + (block.align === 'center' ? free / 2 : start);
        // 0.8 of a line stands above the baseline in each of the fonts, near enough.
        const y = box.y + (box.height - height) / 2 + (index + 0.78) * box.lineHeight * size;
        page.drawLine(line, { x, y, size, color: block.color });
      }
    }),
  );
}

/** Japanese forms for Japanese courses, and wherever kana stand beside the Han characters. */
function hanGlyphs(text: string, language: string): TextStyle['han'] {
  const isJapanese = /^ja\b/i.test(language) || /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
  return isJapanese ? 'japanese' : 'chinese';
}

/** The day in UTC, in words of the language, Gregorian; in English where language or script is unknown. */
function formatDate(page: Page, date: Date, language: string): string {
  const options = { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' } as const;
  const english = new Intl.DateTimeFormat('en', options).format(date);
  try {
    const text = new Intl.DateTimeFormat(language, options).format(date);
    const { runs } = page.shape(text, { font: 'regular', han: 'chinese', base: 'auto' });
    return runs.some((run) => run.text.includes(MISSING)) ? english : text;
  } catch {
    return english;
  }
}

/** Marks what is drawn as decoration, which a screen reader passes over. */
function artifact(page: Page, paint: () => void): void {
  page.doc.markContent('Artifact', { type: 'Layout' });
  paint();
  page.doc.endMarkedContent();
}
