import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A disc that is nothing but its volume descriptor. */
export function tinyIso(): Buffer {
  const disc = Buffer.alloc(40_960);
  disc.write('CD001', 16 * 2048 + 1, 'latin1');
  return disc;
}

export interface Qcow2Options {
  virtualSizeBytes?: bigint;
  backingFile?: string;
  hasExternalData?: boolean;
}

/** A QCOW2 file that is nothing but its header. */
export function tinyQcow2(options: Qcow2Options = {}): Buffer {
  const { virtualSizeBytes = 64n * 1024n ** 2n, backingFile, hasExternalData = false } = options;
  const file = Buffer.alloc(65_536);
  file.writeUInt32BE(0x514649fb, 0);
  file.writeUInt32BE(3, 4);
  if (backingFile !== undefined) {
    file.writeBigUInt64BE(1024n, 8);
    file.writeUInt32BE(backingFile.length, 16);
    file.write(backingFile, 1024);
  }
  file.writeUInt32BE(16, 20);
  file.writeBigUInt64BE(virtualSizeBytes, 24);
  if (hasExternalData) file.writeBigUInt64BE(0b100n, 72);
  file.writeUInt32BE(104, 100);
  return file;
}

type Answer = Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

export interface WebFiles extends AsyncDisposable {
  url: string;
}

/** A web server on loopback with some files, or with misbehaviour of one's own, by path. */
export async function serveFiles(files: Record<string, Answer>, address = '127.0.0.1'): Promise<WebFiles> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    if (file === undefined) response.writeHead(404).end();
    else if (typeof file === 'function') file(request, response);
    else response.writeHead(200, { 'content-length': file.length }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `http://${address}:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
