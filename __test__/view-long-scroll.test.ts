import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { LongScroll } from '../viewer/parts/long-scroll.js';

const ROW = 30;
const ROWS = 10_000_000;
const HEIGHT = 846;
const HEADER = 46;

/** What a list is scrolled by, without a browser: `scrollTop` keeps to its ends, and what people do is told. */
class Scroller extends EventTarget {
  readonly clientHeight = HEIGHT;
  #top = 0;
  drawn = (): number => 0;

  get scrollTop(): number {
    return this.#top;
  }

  set scrollTop(top: number) {
    this.#top = Math.max(0, Math.min(this.drawn() + HEADER - HEIGHT, Math.round(top)));
  }

  scrolled(top: number): void {
    this.scrollTop = top;
    this.dispatchEvent(new Event('scroll'));
  }
}

function open(rows: number): { scroll: LongScroll; element: Scroller; row: () => number } {
  const scroll = new LongScroll(() => {});
  const element = new Scroller();
  element.drawn = () => scroll.drawnHeight;
  scroll.height = rows * ROW;
  scroll.header = HEADER;
  scroll.observe(element, () => {});
  return { scroll, element, row: () => scroll.offset / ROW };
}

test('a list that is no taller than an element may be is scrolled as it is', () => {
  const { scroll, element } = open(1000);
  element.scrolled(1234);
  assert.deepEqual([scroll.offset, scroll.shift, scroll.drawnHeight], [1234, 0, 30_000]);
});

test('ten million rows: each can be gone to, and is drawn in the element', () => {
  const { scroll, element, row } = open(ROWS);
  assert.ok(scroll.drawnHeight < 16_000_000);
  for (const to of [0, 1, 900_000, 4_999_999, ROWS - 30]) {
    scroll.to(to * ROW);
    assert.equal(row(), to);
    const drawnAt = scroll.offset + scroll.shift;
    assert.ok(Math.abs(drawnAt - element.scrollTop) < 1 && drawnAt <= scroll.drawnHeight, `${to}`);
  }
});

test('what is dragged is a part of the whole, and the ends are the ends', () => {
  const { element, row } = open(ROWS);
  element.scrolled(4_000_000);
  assert.ok(Math.abs(row() - ROWS / 2) < 1000, `${row()}`);
  element.scrolled(Number.MAX_SAFE_INTEGER);
  assert.ok(Math.abs(row() - (ROWS - (HEIGHT - HEADER) / ROW)) < 1e-6);
  element.scrolled(0);
  assert.equal(row(), 0);
});

test('a wheel moves as many pixels as ever, and what drifts is put right when nobody scrolls', async () => {
  const { scroll, element, row } = open(ROWS);
  scroll.to(900_000 * ROW);
  for (let turn = 0; turn < 100; turn++) element.scrolled(element.scrollTop + 300);
  assert.equal(row(), 901_000);
  await setTimeout(300);
  assert.equal(row(), 901_000);
  const ends = ROWS * ROW - (HEIGHT - HEADER);
  assert.ok(Math.abs(element.scrollTop - (scroll.offset / ends) * (scroll.drawnHeight - (HEIGHT - HEADER))) <= 1);
});
