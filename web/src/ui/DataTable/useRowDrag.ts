import type { DragEvent, PointerEvent } from 'react';

/** Puts a row before another one, or after all that are shown. */
export type Move = (key: string, before: string | undefined) => void;

const kind = 'application/x-row';

const mark = (row: HTMLElement, isOver: boolean) => (isOver ? row.setAttribute('data-over', '') : row.removeAttribute('data-over'));

/** What makes rows of a list go to other places by drag; nothing, where they have no places. */
export function rowDrag(id: string, keys: readonly string[], move: Move | undefined) {
  if (move === undefined) return {};
  return {
    draggable: true,
    // A press that slips by a pixel would drag the row, and be lost on what it was meant for.
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      event.currentTarget.draggable = !(event.target as Element).closest('button, input, [role="menu"]');
    },
    onDragStart: (event: DragEvent<HTMLElement>) => {
      event.dataTransfer.setData(kind, id);
      event.dataTransfer.effectAllowed = 'move' as const;
    },
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!event.dataTransfer.types.includes(kind)) return;
      event.preventDefault();
      mark(event.currentTarget, true);
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => mark(event.currentTarget, false),
    onDrop: (event: DragEvent<HTMLElement>) => {
      event.preventDefault();
      mark(event.currentTarget, false);
      const dragged = event.dataTransfer.getData(kind);
      const [from, to] = [keys.indexOf(dragged), keys.indexOf(id)];
      if (from < 0 || from === to) return;
      // Downwards it takes the place of the row it is dropped on, too.
      move(dragged, from < to ? keys[to + 1] : id);
    },
  };
}
