// `npm run bench -- NAME [--json] [--quick]`: measures, and ends with 0 also when a goal is missed.
import { accessLists } from '../test/bench/access-lists.ts';
import { consoleBench } from '../test/bench/console/console.ts';
import { deploy } from '../test/bench/deploy.ts';
import { events } from '../test/bench/events.ts';
import { asJson, asTable, type Bench } from '../test/bench/figures.ts';
import { placement } from '../test/bench/placement.ts';
import { samplesOfHost } from '../test/bench/samples.ts';
import { start } from '../test/bench/start.ts';
import { usage } from '../test/bench/usage/usage.ts';

const benches: Readonly<Record<string, Bench>> = {
  start,
  deploy,
  events,
  samples: samplesOfHost,
  'access-lists': accessLists,
  placement,
  usage,
  console: consoleBench,
};

const [name = '', ...flags] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined || flags.some((flag) => flag !== '--json' && flag !== '--quick')) {
  console.error(`usage: npm run bench -- ${Object.keys(benches).join('|')} [--json] [--quick]`);
  process.exit(2);
}

const at = new Date();
const figures = await bench({
  isQuick: flags.includes('--quick'),
  say: (line) => console.error(`${name}: ${line}`),
});
console.log(flags.includes('--json') ? asJson(name, at, figures) : asTable(figures));
process.exit(0);
