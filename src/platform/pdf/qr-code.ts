import { create } from 'qrcode';
import type { PdfDocument } from './document.ts';

/** Draws a QR code as vectors, without its quiet zone: keep 4 modules free around it. `side` in points. */
export function drawQrCode(
  doc: PdfDocument,
  text: string,
  at: { x: number; y: number; side: number; color: string },
): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const step = at.side / modules.size;
  for (let row = 0; row < modules.size; row += 1) {
    let start = 0;
    for (let column = 0; column <= modules.size; column += 1) {
      const isDark = column < modules.size && modules.get(row, column) !== 0;
      if (isDark) continue;
      // One rectangle for neighbours: viewers leave hairlines between separate ones.
      if (column > start) doc.rect(at.x + start * step, at.y + row * step, (column - start) * step, step);
      start = column + 1;
    }
  }
  doc.fill(at.color);
}
