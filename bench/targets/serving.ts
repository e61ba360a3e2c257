import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** By path; each gets the body of a POST. */
// biome-ignore lint/suspicious/noExplicitAny: what the measure sends
export type Answers = Readonly<Record<string, (body: any) => unknown>>;

/** Answers a measure's questions in JSON on loopback, says `ready <url>`, and calls `close` on SIGTERM. */
export function serveAnswers(answers: Answers, close: () => Promise<unknown>): void {
  const server = createServer((request, response) => {
    json(request)
      .then((body) => answers[request.url!]!(body))
      .then(
        (answer) => response.end(JSON.stringify(answer ?? {})),
        (error) => {
          response.statusCode = 500;
          response.end(String((error as Error).stack));
        },
      );
  });

  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });

  server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}
