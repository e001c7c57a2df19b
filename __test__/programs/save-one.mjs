// Saves one row at the path given and prints the format and the warnings.
import { writeCheckpoint } from 'arrow-ckpt';

const warnings = [];
process.on('warning', ({ code, detail }) => warnings.push({ code, detail }));
const { format } = await writeCheckpoint(process.argv[2], [{ a: 1 }]);
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ format, warnings }));
