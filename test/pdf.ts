import { createCanvas } from '@napi-rs/canvas';
import readQrCode from 'jsqr';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';

export type TextItem = { str: string; x: number; y: number; width: number; height: number };

/** Opens a PDF for reading. End it with `pdf.loadingTask.destroy()`. */
export function openPdf(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  return getDocument({ data: new Uint8Array(bytes), verbosity: 0, fontExtraProperties: true }).promise;
}

/** The pieces of text on the first page as a reader would copy them, with their boxes in points. */
export async function textItemsOf(pdf: PDFDocumentProxy): Promise<TextItem[]> {
  const page = await pdf.getPage(1);
  const { items } = await page.getTextContent();
  return items
    .filter((item) => 'str' in item)
    .map(({ str, transform, width, height }) => {
      const [, , , , x, y] = transform as number[];
      return { str, x: x ?? Number.NaN, y: y ?? Number.NaN, width, height };
    });
}

/** The characters that the first page's glyphs stand for, in the order in which they are drawn, by line. */
export async function glyphsOf(pdf: PDFDocumentProxy): Promise<string[]> {
  const page = await pdf.getPage(1);
  const { fnArray, argsArray } = await page.getOperatorList();
  const lines = new Map<number, string>();
  let y = 0;
  for (const [index, operator] of fnArray.entries()) {
    const args = argsArray[index] as unknown[];
    if (operator === OPS.setTextMatrix) y = Math.round(Array.from(args[0] as Iterable<number>)[5] ?? 0);
    if (operator !== OPS.showText) continue;
    const shown = (args[0] as ({ unicode: string } | number)[]).filter((glyph) => typeof glyph !== 'number');
    lines.set(y, (lines.get(y) ?? '') + shown.map(({ unicode }) => unicode).join(''));
  }
  return [...lines.values()];
}

/** What the QR code on the rendered first page says, or undefined where none can be read. */
export async function qrCodeOf(
  pdf: PDFDocumentProxy,
): Promise<{ text: string; isLeft: boolean } | undefined> {
  const page = await pdf.getPage(1);
  const viewport = page.getViewport({ scale: 2 });
  const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
  await page.render({ canvas: canvas as never, viewport }).promise;
  const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const code = readQrCode.default(image.data, canvas.width, canvas.height);
  return code ? { text: code.data, isLeft: code.location.topLeftCorner.x < canvas.width / 2 } : undefined;
}
