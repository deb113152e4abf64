import { openBench } from './environment.ts';
import { measureRequests } from './requests.ts';
import { makeWorld } from './seed.ts';
import { startRole } from './environment.ts';

const bench = await openBench();
try {
  const url = await bench.createDatabase('small');
  const api = await startRole(bench, 'api', url);
  console.time('seed');
  const world = await makeWorld(api.url, url, 1_024);
  console.timeEnd('seed');
  await api.stop();
  const measured = await measureRequests(bench, url, world, { count: 2, seconds: 1 });
  for (const { name, ours, floor, ratio } of measured) console.log(name.padEnd(16), Math.round(ours.perSecond), ours.p50, ours.p99, '|', Math.round(floor.perSecond), floor.p50, floor.p99, ratio.toFixed(2));
} finally {
  await bench.close();
}
