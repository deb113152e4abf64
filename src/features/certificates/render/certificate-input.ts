/** What a certificate says: the snapshot taken when it was issued. */
export interface CertificatePdfInput {
  learnerName: string;
  courseTitle: string;
  /** BCP 47, the course's: decides the words, the date's form, the direction and which Han glyphs are drawn. */
  language: string;
  issuer: string;
  number: string;
  completedAt: Date;
  issuedAt: Date;
  /** Absolute; in the QR code, in print and as a link. */
  verifyUrl: string;
}
