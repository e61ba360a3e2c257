import { createClient } from './client.ts';
import { requestsFor, sample, singleTrackBodies } from './measures/single-track.ts';
import { startOnym, startScript } from './processes.ts';
import { median } from './series.ts';

const texts = singleTrackBodies('S', false);
const variants: Record<string, { env?: Record<string, string>; checkout?: string }> = JSON.parse(process.argv[2]!);
const targets: any[] = [];
for (const [name, v] of Object.entries(variants)) {
  const keep = { ...process.env };
  Object.assign(process.env, v.env ?? {});
  const t = await startOnym(v.checkout ? { checkout: v.checkout } : {});
  process.env = keep;
  targets.push({
    name,
    t,
    c: createClient(t),
    l: { target: t, requests: requestsFor(t, texts) },
    main: [],
    all: [],
    rate: [],
    rest: [],
  });
}
const bare = await startScript('bare.ts');
targets.push({
  name: 'bare',
  t: bare,
  c: null,
  l: { target: bare, requests: requestsFor(null, texts) },
  main: [],
  all: [],
  rate: [],
  rest: [],
});
const rounds = Number(process.argv[3] ?? 5);
for (let r = -1; r < rounds; r++)
  for (const x of targets) {
    const u0 = x.t.usage();
    const g0 = process.cpuUsage();
    const s = await sample(x.l, r < 0 ? 2000 : 3000);
    await x.c?.drained();
    const u1 = x.t.usage();
    const g = process.cpuUsage(g0);
    if (r < 0) continue;
    x.main.push(((u1.mainCpu - u0.mainCpu) * 1e6) / s.acknowledged);
    x.all.push(((u1.cpu - u0.cpu) * 1e6) / s.acknowledged);
    x.rate.push(s.perSecond);
    x.rest.push((g.user + g.system) / s.acknowledged);
  }
for (const x of targets)
  console.log(
    x.name.padEnd(16),
    'rate',
    median(x.rate).toFixed(0),
    'max',
    Math.max(...x.rate).toFixed(0),
    'main us',
    median(x.main).toFixed(1),
    'all us',
    median(x.all).toFixed(1),
    'generator us',
    median(x.rest).toFixed(1),
  );
for (const x of targets) await x.t.stop();
