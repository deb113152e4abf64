import { bidiSplitter } from './bidi.ts';
import type { FontLibrary } from './fonts.ts';
import { shaper } from './shape.ts';
import type { ShapedLine, Shaper } from './shape.ts';

interface PdfOptions {
  title: string;
  author: string;
  subject: string;
  keywords: string;
  /** BCP 47. */
  language: string;
  /** Stands in the file as its date; also makes the document id, so that the same input gives the same bytes. */
  createdAt: Date;
  /** Points. */
  size: { width: number; height: number };
}

export type PdfDocument = PDFKit.PDFDocument;

/** One page being painted. Lengths in points, y from the top down. */
export interface Page {
  doc: PdfDocument;
  shape: Shaper;
  /** Draws a line with its left end at `x` and its baseline at `y`. */
  drawLine(line: ShapedLine, at: { x: number; y: number; size: number; color: string }): void;
}

/** Makes a document of one page. pdfkit is imported here and not before. */
export async function renderPage(
  fonts: FontLibrary,
  options: PdfOptions,
  paint: (page: Page) => void,
): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const doc = new PDFDocument({
    pdfVersion: '1.7',
    size: [options.size.width, options.size.height],
    margin: 0,
    lang: options.language,
    tagged: true,
    displayTitle: true,
    // No standard font: it would be named in the file without being embedded.
    font: '',
    info: {
      Title: metadataText(options.title),
      Author: metadataText(options.author),
      Subject: metadataText(options.subject),
      Keywords: metadataText(options.keywords),
      CreationDate: options.createdAt,
    },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  doc.on('end', () => resolve(Buffer.concat(chunks)));
  doc.on('error', reject);
  const shape = shaper(fonts.open(), bidiSplitter());
  const drawLine: Page['drawLine'] = (line, at) => drawRuns(doc, line, at);
  paint({ doc, shape, drawLine });
  doc.end();
  return promise;
}

/**
 * pdfkit writes the same value into the information dictionary, where it must
 * be exact, and into the XMP packet, where it forgets to escape it. It takes
 * `valueOf` for the first and `toString` for the second.
 */
function metadataText(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  const xml = text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>]/g, (char) => escapes[char] ?? '');
  const value = Object.assign(new String(text), { toString: () => xml });
  return value as unknown as string;
}

function drawRuns(
  doc: PdfDocument,
  line: ShapedLine,
  at: { x: number; y: number; size: number; color: string },
): void {
  let { x } = at;
  for (const run of line.runs) {
    run.face.direction = run.direction;
    doc.registerFont(run.face.key, run.face.font as unknown as string);
    doc.font(run.face.key).fontSize(at.size).fillColor(at.color);
    // `features`, though empty, keeps pdfkit from cutting the run into words and shaping each by itself.
    doc.text(run.text, x, at.y, { lineBreak: false, baseline: 'alphabetic', features: [] });
    x += run.width * at.size;
  }
}
