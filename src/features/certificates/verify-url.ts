/** Address of a certificate's public page: from PUBLIC_URL alone, never from a request. */
export function verifyUrlOf({ publicUrl }: { publicUrl: string }, number: string): string {
  return `${publicUrl}/verify/${number}`;
}
