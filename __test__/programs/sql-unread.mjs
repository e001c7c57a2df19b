// Asks, ends the question, and neither reads nor closes: the process must end by itself.
import { openSql } from 'arrow-ckpt/sql';

const db = await openSql(process.argv[2]);
const controller = new AbortController();
await db.ask('select * from process.extract', [], { signal: controller.signal });
controller.abort();
process.stdout.write('ended\n');
