import { afterAll, beforeAll } from 'vitest';
import type { Server } from '../../src/server.ts';
import { clientOf, startServer, temporaryDirectory } from './support.ts';

/** One server for all tests of a file; it is there once they run. */
export function sharedServer() {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await startServer(directory.path);
  });
  afterAll(async () => {
    await server.stop();
    await directory.remove();
  });
  const client = clientOf({
    get app() {
      return server.app;
    },
  });
  return { client, server: () => server, directory: () => directory.path };
}
