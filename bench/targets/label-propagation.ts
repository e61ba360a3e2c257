/** B6's DuckDB: `label-propagation.ts <database file>`. */
import { openDuckDb } from './peers/duckdb.ts';
import { serveAnswers } from './serving.ts';

const duckDb = await openDuckDb(process.argv[2]!);

serveAnswers(
  { '/run': ({ file }) => duckDb.run(file), '/names': async ({ ids }) => [...(await duckDb.names(ids))] },
  () => duckDb.close(),
);
