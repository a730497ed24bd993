import WebSocket from 'ws';
import type { TestServer } from '../server.ts';

/** Opens a machine's screen or serial port, as a browser does, types, and reads until it has seen something. */
export async function readConsole(
  { admin, url }: TestServer,
  virtualMachineId: string,
  kind: 'VNC' | 'SERIAL',
  { typed, until }: { typed?: string; until: RegExp },
): Promise<string> {
  const { createConsoleAccess } = await admin.ask<{ createConsoleAccess: { path: string } }>(
    'mutation ($input: CreateConsoleAccessInput!) { createConsoleAccess(input: $input) { path } }',
    { input: { virtualMachineId, kind } },
  );
  const socket = new WebSocket(new URL(createConsoleAccess.path, url.replace('http', 'ws')), 'binary');
  try {
    return await new Promise((resolve, reject) => {
      let seen = '';
      socket.once('error', reject);
      socket.once('close', () => reject(new Error(`the console closed after ${JSON.stringify(seen)}`)));
      socket.once('open', () => typed !== undefined && socket.send(typed));
      socket.on('message', (data: Buffer) => {
        seen += data.toString('latin1');
        if (until.test(seen)) resolve(seen);
      });
    });
  } finally {
    socket.terminate();
  }
}
