/** The key by which addresses are unique: without regard to case or to how the letters were composed. */
export function emailKeyOf(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
