import { fileURLToPath } from 'node:url';
import { invalid } from '../../base/messages.js';
import type { CommonOptions, Run } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { startViewer } from '../view/start-viewer.js';

/** Options of `view`. */
interface ViewOptions extends CommonOptions {
  port?: number;
}

const MOST_PORT = 65_535;

/** `view PLACES`: a page that shows checkpoints, until Ctrl+C. */
export const run: Run<ViewOptions> = async ({ output, json, signal }, places, { port = 0 }) => {
  if (port > MOST_PORT) throw invalid(`--port must be from 1 to ${MOST_PORT}, got ${port}`);
  // Beside the bundle of the program.
  const viewer = await startViewer({ paths: places, port, assets: fileURLToPath(new URL('./viewer/', import.meta.url)) });
  try {
    if (json) await output.document({ url: viewer.url });
    else await output.line(viewer.url);
    output.note('open this address in a browser of this machine; whoever has it can read these checkpoints; Ctrl+C ends');
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await viewer.close();
  }
  return EXIT.fine;
};
