/** One value a step; null is a step that nobody measured. */
export type Values = readonly (number | null)[];

/** The next number above that people like at an axis: 1, 2 or 5 and zeros; counts need at least 1. */
export function niceTop(values: Values): number {
  const most = Math.max(0, ...values.map((v) => v ?? 0));
  if (most <= 1) return 1;
  const zeros = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((n) => n * zeros >= most) ?? 10) * zeros;
}

/** A line in a box of `values.length - 1` by 100, from zero at the bottom; gaps stay gaps, lonely points are dots. */
export function linePath(values: Values, top: number): string {
  let path = '';
  let isDown = false;
  values.forEach((value, i) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const y = Math.round((100 - (100 * value) / top) * 100) / 100;
    if (isDown) path += `L${i} ${y}`;
    else path += (values[i + 1] ?? null) === null ? `M${i} ${y}h0` : `M${i} ${y}`;
    isDown = true;
  });
  return path;
}

/** The same, closed down to zero, for what is filled below it. */
export function areaPath(values: Values, top: number): string {
  let path = '';
  let start = -1;
  for (let i = 0; i <= values.length; i++) {
    const isGap = (values[i] ?? null) === null;
    if (!isGap && start < 0) start = i;
    if (!isGap || start < 0) continue;
    if (i - start > 1) path += `${linePath(values.slice(start, i), top).replace(/([ML])(\d+)/g, (_, c: string, x: string) => `${c}${Number(x) + start}`)}L${i - 1} 100L${start} 100Z`;
    start = -1;
  }
  return path;
}

/** Where a key takes the cursor; null: the key is not ours. */
export function moved(key: string, now: number, count: number): number | null {
  const page = Math.max(1, Math.round(count / 12));
  const steps: Record<string, number> = {
    ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1,
    PageDown: now - page, PageUp: now + page, Home: 0, End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? null : Math.min(count - 1, Math.max(0, next));
}
