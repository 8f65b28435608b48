/** All columns in their order, and which of them are shown. */
export type Layout = { order: readonly string[]; hidden: readonly string[] };

type Known = { id: string; isFixed?: boolean; isExtra?: boolean };

/**
 * All columns as somebody keeps them, who is known to want these in this order; nothing kept: as they usually are.
 * Unknown ones are left out, those that can't be hidden stay where they usually stand.
 */
export function layoutOf(columns: readonly Known[], kept: readonly string[]): Layout {
  const usual = columns.map((c) => c.id);
  const known = [...new Set(kept)].filter((id) => usual.includes(id));
  if (known.length === 0) return { order: usual, hidden: columns.filter((c) => c.isExtra === true).map((c) => c.id) };
  const order = [...known];
  for (const { id, isFixed } of columns) {
    if (isFixed === true && !order.includes(id)) order.splice(usual.indexOf(id), 0, id);
  }
  const hidden = usual.filter((id) => !order.includes(id));
  return { order: [...order, ...hidden], hidden };
}

export const shownOf = (layout: Layout) => layout.order.filter((id) => !layout.hidden.includes(id));

/** To another place among the others. */
export function moved(order: readonly string[], id: string, to: number): string[] {
  const others = order.filter((o) => o !== id);
  others.splice(Math.min(Math.max(0, to), others.length), 0, id);
  return others;
}
