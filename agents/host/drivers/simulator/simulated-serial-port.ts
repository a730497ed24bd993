import { Duplex } from 'node:stream';

/** A serial port behind which somebody sits who asks for a name and repeats what is typed. */
export class SimulatedSerialPort extends Duplex {
  constructor(machineName: string) {
    super();
    this.push(`\r\n${machineName} login: `);
  }

  override _read(): void {
    // What there is to read is pushed when it is typed.
  }

  override _write(data: Buffer, _encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    this.push(data.toString().replaceAll('\r', '\r\n'));
    written();
  }
}
