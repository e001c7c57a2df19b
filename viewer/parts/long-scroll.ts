/** Browsers let no element be taller than some ten million pixels; Firefox less than others. */
const TALLEST = 8_000_000;
/** What a wheel or a key scrolls at most, in heights of the window; a scroll bar that is dragged goes further. */
const NEAR = 4;
const IDLE_MS = 200;

/** What of an element is needed. */
interface Scrolled {
  scrollTop: number;
  readonly clientHeight: number;
  addEventListener: (type: 'scroll', listener: () => void, options?: { passive: boolean }) => void;
  removeEventListener: (type: 'scroll', listener: () => void) => void;
}

/**
 * Scrolls a list that may be taller than a browser lets an element be. Then the element is shorter: what is dragged is a part of the whole,
 * and what is scrolled by a wheel or keys is as many pixels as ever.
 */
export class LongScroll {
  /** Of the whole list. */
  height = 0;
  header = 0;
  /** How far the list is scrolled, in its own pixels. */
  offset = 0;
  readonly #drifted: () => void;
  #element: Scrolled | null = null;
  /** How far the element is scrolled. */
  #drawn = 0;
  #told: (offset: number, isScrolling: boolean) => void = () => {};
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** @param drifted called when rows must be drawn elsewhere */
  constructor(drifted: () => void) {
    this.#drifted = drifted;
  }

  get drawnHeight(): number {
    return Math.min(this.height, TALLEST);
  }

  /** From a place in the list to the place in the element. */
  get shift(): number {
    return this.#drawn - this.offset;
  }

  /** Listens to an element, until what is returned is called. */
  observe(element: Scrolled | null, told: (offset: number, isScrolling: boolean) => void): () => void {
    if (element === null) return () => {};
    this.#element = element;
    this.#told = told;
    const scrolled = (): void => this.#scrolled(element.scrollTop);
    element.addEventListener('scroll', scrolled, { passive: true });
    told(this.offset, false);
    return () => element.removeEventListener('scroll', scrolled);
  }

  /** Scrolls to a place in the list. */
  to(offset: number): void {
    const [most, mostDrawn] = this.#ends();
    this.offset = Math.max(0, Math.min(most, offset));
    this.#draw(most === 0 ? 0 : (this.offset / most) * mostDrawn);
    this.#told(this.offset, false);
    this.#drifted();
  }

  /** The last places of the list and of the element. */
  #ends(): [list: number, element: number] {
    const room = (this.#element?.clientHeight ?? 0) - this.header;
    return [Math.max(0, this.height - room), Math.max(0, this.drawnHeight - room)];
  }

  #draw(drawn: number): void {
    if (this.#element === null) return;
    this.#element.scrollTop = drawn;
    // What the browser made of it; its event then says nothing new.
    this.#drawn = this.#element.scrollTop;
  }

  #scrolled(drawn: number): void {
    const moved = drawn - this.#drawn;
    if (moved === 0) return;
    const [most, mostDrawn] = this.#ends();
    const { shift } = this;
    this.#drawn = drawn;
    if (this.height <= TALLEST) this.offset = drawn;
    else if (drawn <= 0) this.offset = 0;
    else if (drawn >= mostDrawn - 1) this.offset = most;
    else if (Math.abs(moved) < NEAR * (this.#element?.clientHeight ?? 0)) this.offset = Math.max(0, Math.min(most, this.offset + moved));
    else this.offset = (drawn / mostDrawn) * most;
    this.#told(this.offset, true);
    if (this.shift !== shift) this.#drifted();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#settle(), IDLE_MS);
  }

  /** Small moves leave the element a little off its part of the whole: it is put right when nobody scrolls. */
  #settle(): void {
    this.#told(this.offset, false);
    const [most, mostDrawn] = this.#ends();
    const right = most === 0 ? 0 : (this.offset / most) * mostDrawn;
    if (this.height <= TALLEST || Math.abs(right - this.#drawn) < 2) return;
    this.#draw(right);
    this.#drifted();
  }
}
