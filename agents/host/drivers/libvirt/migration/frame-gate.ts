import { Transform } from 'node:stream';
import { FrameReader } from '@nephos/node-libvirt/frame.ts';

/** Lets libvirt's messages pass, whole, until one comes that `look` throws at; the stream ends with that error. */
export function frameGate(look: (frame: Buffer) => void): Transform {
  const reader = new FrameReader((frame) => {
    look(frame);
    gate.push(frame);
  });
  const gate = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      try {
        reader.push(chunk);
        callback();
      } catch (error) {
        callback(error as Error);
      }
    },
  });
  return gate;
}
