// Asks JSON in SQL, and is killed before it can remove what it has put aside.
import { openSql } from 'arrow-ckpt/sql';

const db = await openSql(process.argv[2]);
console.log(JSON.stringify(await db.query('from lines')));
process.kill(process.pid, 'SIGKILL');
