/** B6's bare SQLite: `sqlite-copy.ts <identity.db of a server> <file to write>`. */
import { openSqliteCopy } from './peers/sqlite-copy.ts';
import { serveAnswers } from './serving.ts';

const [, , stored = '', copyFile = ''] = process.argv;
const copy = openSqliteCopy(stored, copyFile);

serveAnswers({ '/write': () => copy.write(), '/names': ({ ids }) => [...copy.names(ids)] }, async () => copy.close());
