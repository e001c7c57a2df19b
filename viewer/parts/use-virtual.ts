import { observeElementRect, Virtualizer, type VirtualItem } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useState } from 'preact/hooks';
import { LongScroll } from './long-scroll.js';

/** What of a long list is to be drawn. */
export interface Virtual {
  /** `start` is where a row is in the list; `shift` moves it to where it is in the element that is scrolled. */
  items: VirtualItem[];
  shift: number;
  /** Height of the element that holds the rows. */
  height: number;
  scrollTo: (index: number, align?: 'auto' | 'center') => void;
}

/** The rows of a list that are in sight, of rows of one height. `header`: height of what stays at the top. */
export function useVirtual(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number, header: number): Virtual {
  const [, draw] = useReducer<number, void>((times) => times + 1, 0);
  const [scroll] = useState(() => new LongScroll(() => draw()));
  scroll.height = count * rowHeight;
  scroll.header = header;
  const options = {
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset: (_: unknown, told: (offset: number, isScrolling: boolean) => void) => scroll.observe(scroller.current, told),
    // It never scrolls by itself: `scrollTo` does.
    scrollToFn: () => {},
    overscan: 8,
    onChange: () => draw(),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  const scrollTo: Virtual['scrollTo'] = (index, align = 'auto') => {
    const room = Math.max(rowHeight, (scroller.current?.clientHeight ?? 0) - header);
    const [top, bottom] = [index * rowHeight, (index + 1) * rowHeight];
    if (align === 'center') scroll.to(top - (room - rowHeight) / 2);
    else if (top < scroll.offset) scroll.to(top);
    else if (bottom > scroll.offset + room) scroll.to(bottom - room);
  };
  return { items: virtualizer.getVirtualItems(), shift: scroll.shift, height: scroll.drawnHeight, scrollTo };
}
