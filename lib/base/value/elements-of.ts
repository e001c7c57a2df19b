const { slice } = Array.prototype;

/**
 * The elements of an array in a new one, each read once. A Proxy may say any length, and have any methods: it is asked for as many elements
 * as it has keys.
 */
export function elementsOf(array: readonly unknown[]): unknown[] {
  if (array.slice === slice && (array.constructor as unknown) === Array) return slice.call(array);
  const { length } = array;
  const most = Object.keys(array).length;
  const elements: unknown[] = [];
  for (let index = 0; index < length && index < most; index++) elements.push(array[index]);
  return elements;
}
