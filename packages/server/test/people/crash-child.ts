/** Starts a server, says which events it has, adds a person and erases them, and dies at the given moment of the erasure. */
import { clientOf, startServer } from './support.ts';

const [directory, person, moment] = process.argv.slice(2) as [string, string, 'before-events' | 'before-done'];
const server = await startServer(directory);
const { query, identify, track, erase } = clientOf(server);
const names = await query('SELECT distinct_id FROM events ORDER BY distinct_id');
process.stdout.write(`${JSON.stringify(names.map(({ distinct_id }) => distinct_id))}\n`);

await identify(person, `anonymous-${person}`, { email: `${person}@example.org` });
await track(`anonymous-${person}`);
await track('neighbour', { anonymous_id: 'anonymous-neighbour' });
await query('SELECT 1');

const die = async (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};
if (moment === 'before-events') server.eventStore.erase = die;
else server.identityStore.finishErasures = die;
await erase(person);
