import { useEffect, useReducer } from 'preact/hooks';

/** Changes when the colours of the page do: for what is drawn with the colours of the moment. */
export function useTheme(): number {
  const [times, changed] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const told = (): void => changed();
    query.addEventListener('change', told);
    const watched = new MutationObserver(told);
    watched.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      query.removeEventListener('change', told);
      watched.disconnect();
    };
  }, []);
  return times;
}
