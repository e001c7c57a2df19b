import { useEffect, useState } from 'preact/hooks';

/** Where the page is: the parts of its fragment, and what is behind the question mark. Nothing of it goes to the server by itself. */
export interface Route {
  parts: string[];
  params: URLSearchParams;
}

/** The route of the address, and of each later one. */
export function useRoute(): Route {
  const [route, setRoute] = useState(routeNow);
  useEffect(() => {
    const changed = (): void => setRoute(routeNow());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

function routeNow(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { parts: path === '' ? [] : path.split('/').map(decoded), params: new URLSearchParams(query) };
}

/** The address of a place in the page. */
export function hrefOf(parts: readonly string[], params: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) query.append(name, one);
  }
  const text = query.toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** A part of an address, which a hand may have written: as it is where it is no escape. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
