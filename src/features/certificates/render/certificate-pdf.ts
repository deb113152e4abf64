import type { FontLibrary } from '#platform/pdf/fonts.ts';
import type { CertificatePdfInput } from './certificate-input.ts';
import { paintCertificate } from './certificate-layout.ts';
import { certificateWords } from './certificate-words.ts';

// Landscape A4 in points.
const PAGE = { width: 841.89, height: 595.28 };

/**
 * Renders a certificate as a PDF of one page. Depends on its input alone: the
 * same input gives the same bytes. The metadata hold the exact learner's name
 * (Subject), the issuer (Author) and the number (Keywords).
 *
 * @param fonts from `loadFonts()`; give the same one to every call in a
 *   process, or each call reads the fonts anew
 */
export async function renderCertificatePdf(input: CertificatePdfInput, fonts?: FontLibrary): Promise<Buffer> {
  const [{ loadFonts }, { renderPage }, { drawQrCode }] = await Promise.all([
    import('#platform/pdf/fonts.ts'),
    import('#platform/pdf/document.ts'),
    import('#platform/pdf/qr-code.ts'),
  ]);
  const words = certificateWords(input.language);
  const options = {
    title: `${words.title} – ${input.courseTitle}`,
    author: input.issuer,
    subject: input.learnerName,
    keywords: input.number,
    language: input.language,
    createdAt: input.issuedAt,
    size: PAGE,
  };
  return renderPage(fonts ?? (await loadFonts()), options, (page) =>
    paintCertificate(page, input, words, drawQrCode),
  );
}
