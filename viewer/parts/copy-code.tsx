import { useState } from 'preact/hooks';
import { CODE } from '../data/code-of.js';

interface CopyCodeProps {
  path: string;
  where: readonly string[];
  onCopied: (what: string) => void;
}

/** What the table shows, as code for the clipboard. */
export function CopyCode({ path, where, onCopied }: CopyCodeProps) {
  const [isOpen, setOpen] = useState(false);
  const copy = async (language: string, code: string): Promise<void> => {
    setOpen(false);
    await navigator.clipboard.writeText(code).then(
      () => onCopied(`Copied as ${language}`),
      () => onCopied('The browser refuses to copy'),
    );
  };
  return (
    <details class="menu" open={isOpen} onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary class="button">Copy as code</summary>
      <ul>
        {CODE.map(([language, code]) => (
          <li key={language}>
            <button type="button" onClick={() => void copy(language, code({ path, where }))}>
              {language}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
