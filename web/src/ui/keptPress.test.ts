import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepPresses } from './keptPress';

let stop: (() => void) | undefined;
let top = 100;
const pressed = vi.fn();
const menu = document.createElement('div');
const item = document.createElement('button');

beforeEach(() => {
  top = 100;
  pressed.mockClear();
  item.getBoundingClientRect = () => new DOMRect(10, top, 100, 30);
  item.addEventListener('click', pressed);
  menu.replaceChildren(item);
  document.body.replaceChildren(menu);
  stop = keepPresses();
});

afterEach(() => stop?.());

const at = (x: number, y: number) => ({ bubbles: true, cancelable: true, button: 0, clientX: x, clientY: y });
const down = (more: object = {}) => item.dispatchEvent(new PointerEvent('pointerdown', { ...at(20, 110), ...more }));
const up = (on: Element, x = 20, y = 110) => on.dispatchEvent(new MouseEvent('click', at(x, y)));

it('presses what a press began on, where it moved away under the pointer', () => {
  const behind = vi.fn();
  menu.addEventListener('click', behind);
  down();
  top = 160;
  up(menu);
  expect(pressed).toHaveBeenCalledOnce();
  expect(behind).toHaveBeenCalledOnce();
  expect((behind.mock.calls[0]?.[0] as Event).target).toBe(item);
});

it('leaves a press alone that is where it began', () => {
  down();
  up(item);
  expect(pressed).toHaveBeenCalledOnce();
});

it('lets go of what the pointer left, of what did not move, and of what is gone', () => {
  down();
  top = 160;
  up(menu, 20, 300);
  down();
  up(menu);
  down();
  top = 200;
  item.remove();
  up(menu);
  expect(pressed).not.toHaveBeenCalled();
});

it('leaves other buttons of the mouse and other ways to press to the browser', () => {
  for (const more of [{ button: 1 }, { ctrlKey: true }, { shiftKey: true }]) {
    down(more);
    top += 50;
    up(menu);
  }
  expect(pressed).not.toHaveBeenCalled();
});
