import { request } from 'node:http';
import type { Input } from './document.ts';

export const oversizeBytes = 100 * 2 ** 20;
const chunk = Buffer.alloc(64 * 1024, 0x20);
const stuckMs = 30_000;

/**
 * Sends a body of 100 MB to a path until an answer comes, with its length told beforehand or in chunks. Returns the
 * status, and how much was sent; 0 where the connection broke without an answer.
 */
export function sendOversize(
  url: string,
  { method }: Input,
  { token, isLengthTold }: { token: string; isLengthTold: boolean },
): Promise<{ status: number; sentBytes: number }> {
  return new Promise((resolve, reject) => {
    let sentBytes = 0;
    const length = isLengthTold
      ? { 'content-length': String(oversizeBytes) }
      : { 'transfer-encoding': 'chunked' };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...length };
    const sending = request(url, { method, headers, agent: false });
    const timer = setTimeout(() => {
      sending.destroy();
      reject(new Error(`${method} ${url}: no answer within ${stuckMs} ms`));
    }, stuckMs);
    const end = (status: number) => {
      clearTimeout(timer);
      sending.destroy();
      resolve({ status, sentBytes });
    };
    const write = () => {
      while (!sending.destroyed && sentBytes < oversizeBytes) {
        sentBytes += chunk.length;
        if (!sending.write(chunk)) {
          sending.once('drain', write);
          return;
        }
      }
      if (!sending.destroyed) sending.end();
    };
    sending.on('response', (response) => {
      response.resume();
      end(response.statusCode ?? 0);
    });
    sending.on('error', () => end(0));
    write();
  });
}
