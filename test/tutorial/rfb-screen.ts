import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import WebSocket, { createWebSocketStream } from 'ws';
import { ByteReader } from './byte-reader.ts';
import { encodePng } from './png.ts';

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

const securityNone = 1;
const [rawEncoding, desktopSizeEncoding] = [0, -223];
// What a server sends (RFC 6143, 7.6).
const [framebufferUpdate, setColourMap, bell, serverCutText] = [0, 1, 2, 3];
/** 32 bits for each pixel, 24 of them used, little endian, true colour, red at bit 16, green at 8, blue at 0. */
const pixelFormat = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];

/** The server did not open the screen. */
export class ScreenRefused extends Error {
  override name = 'ScreenRefused';
  /** HTTP status. */
  readonly status: number;

  constructor(status: number) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

/** A machine's screen over VNC: RFB 3.8 (RFC 6143) without security, with raw pixels. */
export class RfbScreen implements Disposable {
  readonly #stream: Duplex;
  readonly #reader: ByteReader;
  #width = 0;
  #height = 0;
  /** Three bytes per pixel: red, green, blue. */
  #pixels = Buffer.alloc(0);

  private constructor(stream: Duplex, signal: AbortSignal) {
    this.#stream = stream;
    this.#reader = new ByteReader(stream, signal);
  }

  /**
   * @param url of a WebSocket that speaks RFB
   * @throws ScreenRefused
   */
  static async open(url: string, signal: AbortSignal): Promise<RfbScreen> {
    const socket = new WebSocket(url, 'binary');
    socket.once('unexpected-response', (_request, response) => {
      socket.emit('error', new ScreenRefused(response.statusCode ?? 0));
      response.destroy();
    });
    // Made before it is open: the server speaks first, and may do so along with its answer.
    const stream = createWebSocketStream(socket);
    stream.on('error', () => undefined);
    await once(socket, 'open', { signal });
    const screen = new RfbScreen(stream, signal);
    await screen.#shakeHands();
    return screen;
  }

  /** Reads the screen, and again whenever it changes, until it shows what is waited for. */
  async until(isShown: () => boolean): Promise<void> {
    this.#request(false);
    for (;;) {
      const wasResized = await this.#readMessage();
      if (isShown()) return;
      this.#request(!wasResized);
    }
  }

  /** Part of the pixels that have a colour, 0 to 1. VGA gives each part of it in 64 steps only. */
  shareOf([red, green, blue]: Colour): number {
    const pixels = this.#pixels;
    const isNear = (at: number, part: number) => ((pixels[at] ?? 0) & 0xfc) === (part & 0xfc);
    let count = 0;
    for (let at = 0; at < pixels.length; at += 3) {
      if (isNear(at, red) && isNear(at + 1, green) && isNear(at + 2, blue)) count += 1;
    }
    return pixels.length === 0 ? 0 : (count * 3) / pixels.length;
  }

  /** In pixels: `720 x 400`. */
  get size(): string {
    return `${this.#width} x ${this.#height}`;
  }

  toPng(): Buffer {
    return encodePng(this.#width, this.#height, this.#pixels);
  }

  [Symbol.dispose](): void {
    this.#stream.destroy();
  }

  async #shakeHands(): Promise<void> {
    const version = (await this.#reader.take(12)).toString('latin1');
    if (version !== 'RFB 003.008\n') throw new Error(`not RFB 3.8 but ${JSON.stringify(version)}`);
    this.#stream.write(version);
    const offered = [...(await this.#reader.take(await this.#reader.byte()))];
    if (!offered.includes(securityNone)) throw new Error(`it wants security of type ${offered.join(', ')}`);
    this.#stream.write(Buffer.from([securityNone]));
    if ((await this.#reader.int32()) !== 0) throw new Error('it lets nobody in');
    const isShared = 1;
    this.#stream.write(Buffer.from([isShared]));
    this.#resize(await this.#reader.uint16(), await this.#reader.uint16());
    await this.#reader.take(pixelFormat.length);
    await this.#reader.take(await this.#reader.int32());
    this.#stream.write(Buffer.from([0, 0, 0, 0, ...pixelFormat]));
    const encodings = Buffer.alloc(12);
    encodings.writeUInt8(2, 0);
    encodings.writeUInt16BE(2, 2);
    encodings.writeInt32BE(rawEncoding, 4);
    encodings.writeInt32BE(desktopSizeEncoding, 8);
    this.#stream.write(encodings);
  }

  /** Asks for the whole screen, or with `isIncremental` for what changes from now on. */
  #request(isIncremental: boolean): void {
    const message = Buffer.alloc(10);
    message.writeUInt8(3, 0);
    message.writeUInt8(isIncremental ? 1 : 0, 1);
    message.writeUInt16BE(this.#width, 6);
    message.writeUInt16BE(this.#height, 8);
    this.#stream.write(message);
  }

  /** @returns whether the screen has another size now, so that all of it has to be asked for again */
  async #readMessage(): Promise<boolean> {
    const reader = this.#reader;
    for (;;) {
      switch (await reader.byte()) {
        case framebufferUpdate:
          return this.#readUpdate();
        case setColourMap:
          await reader.take(3);
          await reader.take(6 * (await reader.uint16()));
          break;
        case bell:
          break;
        case serverCutText:
          await reader.take(3);
          await reader.take(await reader.int32());
          break;
        default:
          throw new Error('it sent something that is not RFB');
      }
    }
  }

  async #readUpdate(): Promise<boolean> {
    const reader = this.#reader;
    let wasResized = false;
    await reader.byte();
    for (let left = await reader.uint16(); left > 0; left--) {
      const [x, y] = [await reader.uint16(), await reader.uint16()];
      const [width, height] = [await reader.uint16(), await reader.uint16()];
      const encoding = await reader.int32();
      if (encoding === desktopSizeEncoding) {
        this.#resize(width, height);
        wasResized = true;
      } else if (encoding === rawEncoding) {
        this.#draw(x, y, width, await reader.take(width * height * 4));
      } else {
        throw new Error(`it sent encoding ${encoding}, which it was not offered`);
      }
    }
    return wasResized;
  }

  #resize(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#pixels = Buffer.alloc(width * height * 3);
  }

  #draw(x: number, y: number, width: number, sent: Buffer): void {
    for (let index = 0; index * 4 < sent.length; index++) {
      const row = y + Math.floor(index / width);
      const at = (row * this.#width + x + (index % width)) * 3;
      this.#pixels[at] = sent.readUInt8(index * 4 + 2);
      this.#pixels[at + 1] = sent.readUInt8(index * 4 + 1);
      this.#pixels[at + 2] = sent.readUInt8(index * 4);
    }
  }
}
