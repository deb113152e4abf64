/**
 * Where a certificate's PDF is kept. The hash is part of it: two workers of different versions that draw the same
 * certificate at once write two files, and the row names the one whose hash it has.
 */
export function pdfKeyOf(certificateId: string, sha256: Buffer): string {
  return `certificates/${certificateId}-${sha256.toString('hex', 0, 8)}.pdf`;
}
