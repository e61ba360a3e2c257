/** What Onym is measured beside: Fastify with nothing behind it. It parses the same bodies and answers in the same form. */
import Fastify from 'fastify';

const bodyBytesMax = 20 * 1024 * 1024;

const app = Fastify({ bodyLimit: bodyBytesMax });

app.post('/track', async () => ({ ok: true, verdict: 'applied', seq: null }));
app.post('/echo', async (request) => request.body);

process.once('SIGTERM', () => {
  app.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});

console.log(`ready ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
