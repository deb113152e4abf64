import type { Head } from './queries/chain.ts';

/** The end of the chain as it is told, kept outside and given to `lms audit verify --head`: position and hash. */
export function writeHead({ position, hash }: Head): string {
  return `${position}:${hash.toString('hex')}`;
}

/** Undefined for what is no head. */
export function readHead(text: string): Head | undefined {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { position: Number(match[1]), hash: Buffer.from(match[2], 'hex') };
}
