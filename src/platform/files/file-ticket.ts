import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/**
 * `content`: reads one file; `contentWhileActing`: the same for an admin who acts as somebody; `upload`: sends the bytes of
 * one announced upload; `export`: reads one archive.
 */
export type TicketPurpose = 'content' | 'contentWhileActing' | 'upload' | 'export';
/** `holderId`: a person, or, of an archive and while acting, the session with which it ends. */
export type TicketOf = { purpose: TicketPurpose; id: string; holderId: string };

export type FileTickets = {
  /** A text for an address: lets its bearer do this one thing with this one file, for this holder, until then. */
  issue(of: TicketOf, expiresAt: Date): string;
  /** Whose ticket it is; undefined where it is forged, expired, or of another file or purpose. */
  check(ticket: string, of: Omit<TicketOf, 'holderId'>, now: Date): { holderId: string } | undefined;
};

const macBytes = 32;
const headBytes = 20;
const ticketLength = Math.ceil(((headBytes + macBytes) * 4) / 3);

/**
 * Tickets stand in addresses, where browsers send no header: an access token there would open all of an account.
 * Layout: 16 bytes holder, 4 bytes expiry in seconds, 32 bytes HMAC-SHA256 over purpose, file and both; base64url.
 */
export function createFileTickets(secretKey: string, previousSecretKey: string | null): FileTickets {
  const keys = [secretKey, ...(previousSecretKey === null ? [] : [previousSecretKey])].map(deriveKey);
  const [current = Buffer.alloc(0)] = keys;
  return {
    issue(of, expiresAt) {
      const head = Buffer.alloc(headBytes);
      head.write(of.holderId.replaceAll('-', ''), 0, 'hex');
      head.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000), 16);
      return Buffer.concat([head, macOf(current, head, of)]).toString('base64url');
    },
    check(ticket, of, now) {
      const bytes = Buffer.from(ticket, 'base64url');
      if (ticket.length !== ticketLength || bytes.length !== headBytes + macBytes) return undefined;
      const head = bytes.subarray(0, headBytes);
      const mac = bytes.subarray(headBytes);
      if (!keys.some((key) => timingSafeEqual(macOf(key, head, of), mac))) return undefined;
      if (head.readUInt32BE(16) * 1000 <= now.getTime()) return undefined;
      const hex = head.toString('hex', 0, 16);
      return { holderId: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') };
    },
  };
}

function deriveKey(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'lms file tickets v1', 32));
}

function macOf(key: Buffer, head: Buffer, { purpose, id }: Omit<TicketOf, 'holderId'>): Buffer {
  return createHmac('sha256', key).update(`${purpose}:${id.toLowerCase()}:`).update(head).digest();
}
