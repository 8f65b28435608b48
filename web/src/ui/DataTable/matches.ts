/** Where a text holds what was searched for, in its own positions; IDs are found with and without their blanks. */
export function matches(text: string, q: string): readonly (readonly [from: number, to: number])[] {
  const wanted = q.trim().toLowerCase();
  if (wanted === '') return [];
  const whole = spans(text, wanted);
  if (whole.length > 0 || !/^[\d\s]+$/.test(wanted)) return whole;
  const kept = Array.from({ length: text.length }, (_, index) => index).filter((index) => !/\s/.test(text.charAt(index)));
  const squeezed = kept.map((index) => text.charAt(index)).join('');
  return spans(squeezed, wanted.replace(/\s/g, '')).map(([from, to]) => [kept[from] ?? 0, (kept[to - 1] ?? 0) + 1] as const);
}

function spans(text: string, wanted: string): readonly (readonly [number, number])[] {
  const lower = text.toLowerCase();
  // A few letters get longer; what is counted in them would point elsewhere.
  if (lower.length !== text.length) return [];
  const found: (readonly [number, number])[] = [];
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) found.push([at, at + wanted.length]);
  return found;
}
