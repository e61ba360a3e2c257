import { createPageServer } from './page-server.js';

const { ONYM_URL, ONYM_WRITE_KEY, PORT = '7701' } = process.env;
if (!ONYM_URL || !ONYM_WRITE_KEY) throw new Error('Set ONYM_URL, and ONYM_WRITE_KEY to a publishable key (pk_…).');

const server = createPageServer({ onymUrl: ONYM_URL, writeKey: ONYM_WRITE_KEY });

server.listen(Number(PORT), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`The sign-up page is at http://127.0.0.1:${port}

Open it, answer the question about tracking, and go through the three steps. Beside the form the page shows who it tells Onym
the visitor is, and what Onym made of each call. Ctrl-C ends it.`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
