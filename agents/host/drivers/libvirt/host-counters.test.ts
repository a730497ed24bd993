import { expect, test } from 'vitest';
import { defaultLinksOf, linksOf, memoryOf, processorTimes } from './host-counters.ts';

test('processors are busy while they neither idle nor wait, nor are taken by a host above', () => {
  const text = 'cpu  100 20 30 4000 50 6 7 8 90 0\ncpu0 1 2 3 4 5 6 7 8 9 0\nintr 1\n';
  expect(processorTimes(text)).toEqual({ busy: 1630n, total: 42_210n });
  expect(() => processorTimes('intr 1\n')).toThrow('processors');
});

test('memory that caches take is not used', () => {
  const text = 'MemTotal:       24576 kB\nMemFree:         1024 kB\nMemAvailable:   20480 kB\n';
  expect(memoryOf(text)).toEqual({ total: 24n * 1024n * 1024n, used: 4n * 1024n * 1024n });
});

test('links are read with what they received and sent', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
enp3s0f0:18446744073709551615 7 0 0 0 0 0 0 42 5 0 0 0 0 0 0
`;
  expect(linksOf(text)).toEqual([
    { name: 'lo', received: 1000n, sent: 1000n },
    { name: 'enp3s0f0', received: 18_446_744_073_709_551_615n, sent: 42n },
  ]);
});

test('the default route names its link', () => {
  const text = 'Iface\tDestination\tGateway\neth0\t00000000\t0100000A\neth1\t0000000A\t00000000\n';
  expect([...defaultLinksOf(text)]).toEqual(['eth0']);
});
