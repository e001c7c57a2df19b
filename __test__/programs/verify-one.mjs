// Verifies a file and prints the result, or the code of the error.
import { verifyCheckpoint } from 'arrow-ckpt';

const result = await verifyCheckpoint(process.argv[2]).catch(({ code }) => ({ code }));
console.log(JSON.stringify(result));
