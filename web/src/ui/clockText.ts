/** A length as a player shows it: 0:07, 12:34, 1:02:03. */
export function clockText(seconds: number): string {
  const all = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** A position as people write it into an address: 83, 1:23, 1:02:03; nonsense is the beginning. */
export function secondsOf(text: string): number {
  if (!/^\d{1,5}(:\d{1,2}){0,2}$/.test(text)) return 0;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
