// What code can see of a page's look: text that is cut off, that lies on other text, or that is too small to read;
// more than one filled button; on a phone, targets that are too small for a thumb.

/** Fails with everything that is wrong with the page as it is now. */
export async function layout(page, what, { isTouched = false, isWide = false } = {}) {
  const wrong = await page.evaluate(inThePage, [isTouched, isWide]);
  if (wrong.length > 0) throw new Error(`the look of ${what}:\n${wrong.join('\n')}`);
}

function inThePage([isTouched, isWide]) {
  const wrong = [];
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const called = (element) => {
    const words = (element.getAttribute('aria-label') ?? element.innerText ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 60);
    return `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} "${words}"`;
  };
  // For ears only: a box of a pixel.
  const isForEars = (element) => {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
      const box = at.getBoundingClientRect();
      const style = getComputedStyle(at);
      if (style.clipPath === 'inset(50%)' || (style.overflow === 'hidden' && box.width <= 1.5)) return true;
    }
    return false;
  };
  const clips = (value) => value === 'hidden' || value === 'clip';
  const scrolls = (value) => value === 'auto' || value === 'scroll';

  // What of a box is to be seen, and who cuts it off without a way to scroll there.
  function cut(box, element) {
    let { left, right, top, bottom } = box;
    let by = null;
    let isDotted = false;
    let style = getComputedStyle(element);
    for (let at = element; at !== null && at !== document.documentElement; at = at.parentElement) {
      style = getComputedStyle(at);
      const edge = at.getBoundingClientRect();
      if (clips(style.overflowX) || scrolls(style.overflowX)) {
        if (clips(style.overflowX) && by === null && (right > edge.right + 1.5 || left < edge.left - 1.5)) {
          by = at;
          isDotted = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
        }
        left = Math.max(left, edge.left);
        right = Math.min(right, edge.right);
      }
      if (clips(style.overflowY) || scrolls(style.overflowY)) {
        if (clips(style.overflowY) && by === null && (bottom - 4 > edge.bottom + 1.5 || top + 4 < edge.top - 1.5)) {
          by = at;
          isDotted = style.webkitLineClamp !== 'none';
        }
        top = Math.max(top, edge.top);
        bottom = Math.min(bottom, edge.bottom);
      }
      if (style.position === 'fixed') break;
    }
    return { left, right, top, bottom, by, isDotted };
  }

  // What moves apart from the rest may lie over it.
  const layer = (element) => {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement) {
      if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return at;
    }
    return document.body;
  };

  const boxes = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    if (node.data.trim() === '' || element.closest('script, style, noscript, svg') !== null) continue;
    if (!isShown(element) || isForEars(element)) continue;
    if (parseFloat(getComputedStyle(element).fontSize) < 12) wrong.push(`smaller than 12 px: ${called(element)}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      // What is out of the page until it has the focus.
      if (box.width < 1 || box.bottom + scrollY <= 0 || box.right + scrollX <= 0) continue;
      const seen = cut(box, element);
      if (seen.by !== null) {
        const isState = element.closest('[data-tone]') !== null;
        const isTold = element.closest('[title], [aria-label]') !== null || seen.by.closest('[title]') !== null;
        if (isState) wrong.push(`a state is cut off: ${called(element)}`);
        else if (!seen.isDotted) wrong.push(`cut off: ${called(element)} by ${called(seen.by)}`);
        else if (!isTold) wrong.push(`cut off and nowhere whole: ${called(element)}`);
      }
      if (seen.right - seen.left > 2 && seen.bottom - seen.top > 2) boxes.push({ ...seen, element, layer: layer(element) });
    }
  }

  boxes.sort((a, b) => a.top - b.top);
  for (const [i, a] of boxes.entries()) {
    for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom - 4; j++) {
      const b = boxes[j];
      if (a.layer !== b.layer || a.element === b.element) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 5) wrong.push(`${called(a.element)} lies on ${called(b.element)}`);
    }
  }

  if (isWide) {
    for (const table of document.querySelectorAll('main table')) {
      const around = table.parentElement;
      if (isShown(table) && around.scrollWidth > around.clientWidth + 1) {
        wrong.push(`a table of ${around.scrollWidth} px in ${around.clientWidth} px: ${called(table.querySelector('thead') ?? table)}`);
      }
    }
  }

  // The kit writes no variant where none was chosen, which is the filled one.
  const filled = [...document.querySelectorAll('.mantine-Button-root:is(:not([data-variant]), [data-variant="filled"])')]
    .filter((e) => isShown(e) && e.closest('[role=dialog], [role=alertdialog]') === null);
  if (filled.length > 1) wrong.push(`more than one filled button: ${filled.map(called).join(', ')}`);

  if (isTouched) {
    const inText = (e) => getComputedStyle(e).display === 'inline' && e.parentElement.innerText.trim() !== e.innerText.trim();
    const targets = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, [role=tab], [role=menuitem], [role=option]');
    for (const target of targets) {
      if (!isShown(target) || isForEars(target) || inText(target) || target.disabled) continue;
      target.scrollIntoView({ block: 'center', inline: 'center' });
      const box = target.getBoundingClientRect();
      const isHit = (x, y) => {
        const hit = document.elementFromPoint(x, y);
        return hit !== null && (target.contains(hit) || hit.closest('label')?.control === target || hit.contains(target) && hit.tagName === 'LABEL');
      };
      const x = (box.left + box.right) / 2;
      const y = (box.top + box.bottom) / 2;
      if (!isHit(x, y)) continue; // Under something that stays in place.
      const reach = (dx, dy) => {
        let far = 0;
        while (far < 60 && isHit(x + dx * (far + 1), y + dy * (far + 1))) far += 1;
        return far;
      };
      // A link among words needs no more than 24 (2.5.8), the cross in a pill neither: the key before it does the same.
      const least = (target.tagName === 'A' && getComputedStyle(target).display !== 'flex') || target.matches('.mantine-Pill-remove') ? 24 : 42;
      const tall = reach(0, -1) + reach(0, 1) + 1;
      const wide = reach(-1, 0) + reach(1, 0) + 1;
      if (tall < least || (wide < least && least > 24)) wrong.push(`a thumb misses ${wide}x${tall} px: ${called(target)}`);
    }
    scrollTo(0, 0);
  }
  return [...new Set(wrong)].slice(0, 40);
}
