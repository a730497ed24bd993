// Run inside the network namespace of the guests: waits until a guest's web page tells of more boots than it is
// told of, and prints it. Arguments: the URL, and the number of boots.
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', boots = '0'] = process.argv.slice(2);
for (;;) {
  const page = await fetch(url, { signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.text())
    .catch(() => '');
  if (Number(/ boots=(\d+)/.exec(page)?.[1] ?? -1) > Number(boots)) {
    process.stdout.write(page);
    break;
  }
  await sleep(250);
}
