import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2 as never);

/** What a hash costs: `memory` in KiB, passed over `passes` times. */
export type PasswordCost = { memory: number; passes: number };

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
export const owaspCost: PasswordCost = { memory: 19_456, passes: 2 };

export type Passwords = {
  /** A PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Takes some 20 ms of one core. */
  hash(password: string): Promise<string>;
  /** Whether the password made the hash. Takes the same time where there is no hash to compare with. */
  verify(password: string, hash: string | null): Promise<boolean>;
};

/** Passwords are hashed at the given cost, and verified at the one that their hash names. */
export function createPasswords(cost: PasswordCost = owaspCost): Passwords {
  const parameters = { ...cost, parallelism: 1, tagLength: 32 };
  const phcOf = (salt: Buffer, tag: Buffer) =>
    `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${parameters.parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  // Of no password: what an unknown address is compared with, so that it takes as long as a known one.
  const hashOfNothing = phcOf(Buffer.alloc(16), Buffer.alloc(parameters.tagLength));
  return {
    async hash(password) {
      const salt = randomBytes(16);
      return phcOf(
        salt,
        await derive('argon2id', { message: normalise(password), nonce: salt, ...parameters }),
      );
    },
    async verify(password, hash) {
      const { salt, tag, ...stored } = parse(hash ?? hashOfNothing);
      const message = normalise(password);
      const candidate = await derive('argon2id', { message, nonce: salt, tagLength: tag.length, ...stored });
      return timingSafeEqual(candidate, tag) && hash !== null;
    },
  };
}

// The same letters typed on another keyboard may come as other code points: NIST SP 800-63B asks for NFKC.
function normalise(password: string): string {
  return password.normalize('NFKC');
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function parse(hash: string): {
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer;
  tag: Buffer;
} {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash);
  if (!match) throw new Error('A stored password hash is not in PHC form.');
  const [, memory, passes, parallelism, salt, tag] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}
