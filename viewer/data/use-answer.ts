import { useCallback, useEffect, useState } from 'preact/hooks';
import { ask, type Asked, type Refused } from './api.js';

/** What came of a question. The last answer stays while it is asked again. */
export interface Answered<T> {
  value: T | undefined;
  error: Refused | undefined;
  isAsking: boolean;
  again: () => void;
}

/** Asks when what is asked changes; null asks nothing. */
export function useAnswer<T>(question: string, asked: Asked | null): Answered<T> {
  const [state, setState] = useState<{ key: string; value: T | undefined; error: Refused | undefined; isAsking: boolean }>(() => ({
    key: '',
    value: undefined,
    error: undefined,
    isAsking: asked !== null,
  }));
  const [times, setTimes] = useState(0);
  const key = `${question} ${JSON.stringify(asked)}`;
  useEffect(() => {
    if (asked === null) return;
    const gone = new AbortController();
    setState((before) => ({ ...(before.key === key ? before : { key, value: undefined, error: undefined }), isAsking: true }));
    const work = async (): Promise<void> => {
      const value = await ask<T>(question, asked, gone.signal);
      if (!gone.signal.aborted) setState({ key, value, error: undefined, isAsking: false });
    };
    work().catch((error: Refused) => {
      if (!gone.signal.aborted) setState({ key, value: undefined, error, isAsking: false });
    });
    return () => gone.abort();
  }, [key, times]);
  const again = useCallback(() => setTimes((count) => count + 1), []);
  return { value: state.value, error: state.error, isAsking: state.isAsking, again };
}
