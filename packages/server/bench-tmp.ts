import { setImmediate as immediate } from 'node:timers/promises';
import Fastify from 'fastify';
import { createApp } from '/work/main/packages/server/src/http/app.ts';
import { fakeServices } from '/work/main/packages/server/test/http/support.ts';
import { openKeyStore } from '/work/main/packages/server/src/keys/store.ts';
import { rmSync } from 'node:fs';
const mode = process.argv[2];
if (mode === 'bare') {
  const app = Fastify();
  app.post('/track', async (req) => ({ ok: true, verdict: 'applied', seq: null }));
  app.get('/cpu', async()=>process.cpuUsage()); app.listen({ port: 7801 });
} else {
  rmSync('/tmp/bk.db', {force:true}); rmSync('/tmp/bk.db-wal', {force:true}); rmSync('/tmp/bk.db-shm', {force:true});
  const keys = openKeyStore('/tmp/bk.db');
  keys.ensureInitialKeys({writeKey:'pk_bench', secretKey:'sk_bench', environments:['production']});
  const services = fakeServices();
  let waiting: (()=>void)[] = []; let scheduled = false;
  services.ingest.track = (_e, items) => new Promise((resolve) => { waiting.push(()=>resolve(items.map(() => ({verdict:'applied', link:null})) as never)); if(!scheduled){scheduled=true; setImmediate(()=>{const w=waiting; waiting=[]; scheduled=false; for(const f of w) f();});} });
  const app = createApp(services, { keys, version: '0', logger: {level:'info'} });
  app.get('/cpu', async()=>process.cpuUsage()); app.listen({ port: 7802 });
}
