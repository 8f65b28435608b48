// What an authenticator app does, for scenarios that need one.
import { createHmac } from 'node:crypto';

/** What an authenticator shows at a moment: RFC 6238, six digits, thirty seconds. */
export function totp(secret, step) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/[\s=]/g, '').toUpperCase()].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

export const stepNow = () => Math.floor(Date.now() / 30_000);

/** A code that was not used yet: each works once. */
export async function freshCode(page, secret, used) {
  while (stepNow() <= used.step) await page.waitForTimeout(500);
  used.step = stepNow();
  return totp(secret, used.step);
}

/** The secret that a page offers. */
export const secretOn = async (page) =>
  (await page.locator('form').filter({ hasText: 'Scan this' }).innerText()).match(/\b[A-Z2-7]{16,}\b/)[0];
