import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { JsonSocket } from './json-socket.ts';

/** What one test machine is made of. */
interface QemuMachineSettings {
  memoryMb: number;
  /** QEMU's arguments for the machine's disks or its kernel. */
  args: readonly string[];
  /** What the machine's DHCP server calls it. */
  hostname?: string;
}

interface ExecStatus {
  exited: boolean;
  'out-data'?: string;
}

/** An emulated machine as a plain QEMU process, without libvirt, to test the guest images themselves. */
export class QemuMachine implements AsyncDisposable {
  /** Settles with QEMU's exit code when the machine has powered off. */
  readonly exited: Promise<number | null>;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.#port = port;
    this.exited = once(process, 'exit').then(([code]) => code as number | null);
  }

  /** Starts a machine with a screen, a network of its own, a serial port and a channel for the guest agent. */
  static async start({ memoryMb, args, hostname = '' }: QemuMachineSettings): Promise<QemuMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'nephos-guest-'));
    const port = await freePort();
    const listening = 'server=on,wait=off';
    const machine = [
      '-accel',
      'tcg',
      '-cpu',
      'max',
      '-m',
      String(memoryMb),
      '-display',
      'none',
      '-vga',
      'std',
    ];
    const network = `user,id=net,hostname=${hostname},hostfwd=tcp:127.0.0.1:${port}-:80`;
    const devices = ['-nodefaults', '-netdev', network, '-device', 'virtio-net-pci,netdev=net,romfile=']
      .concat(['-serial', `file:${join(folder, 'serial')}`])
      .concat(['-qmp', `unix:${join(folder, 'qmp')},${listening}`])
      .concat(['-chardev', `socket,id=agent,path=${join(folder, 'agent')},${listening}`])
      .concat(['-device', 'virtio-serial'])
      .concat(['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0']);
    const child = spawn('qemu-system-x86_64', [...machine, ...devices, ...args], {
      stdio: 'inherit',
      // A test that waits in vain for this machine fails by this before its own time is up, and cleans up.
      timeout: 230_000,
      killSignal: 'SIGKILL',
    });
    await once(child, 'spawn');
    return new QemuMachine(child, folder, port);
  }

  /** Waits for the machine's web page and returns its first line, such as `{ hostname: 'web1', boots: '1' }`. */
  async page(): Promise<Record<string, string>> {
    const text = await this.#retry(async () => {
      const answer = await fetch(`http://127.0.0.1:${this.#port}/`, { signal: AbortSignal.timeout(2000) });
      return await answer.text();
    });
    const [machine] = text.split('\n', 1);
    return Object.fromEntries(machine!.split(' ').map((word) => word.split('=', 2) as [string, string]));
  }

  /** Waits until the serial port has shown a text. */
  async serialShows(text: string): Promise<void> {
    await this.#retry(async () => {
      const shown = await readFile(join(this.#folder, 'serial'), 'latin1');
      if (!shown.includes(text)) throw new Error(`The serial port has not shown "${text}".`);
    });
  }

  /** Executes a command of the QEMU machine protocol. */
  async qmp(command: string, args: object = {}): Promise<unknown> {
    using socket = await this.#retry(() => JsonSocket.connect(join(this.#folder, 'qmp')));
    await socket.execute('qmp_capabilities');
    return await socket.execute(command, args);
  }

  /** Executes a command of the guest agent. */
  async agent(command: string, args: object = {}): Promise<unknown> {
    using socket = await JsonSocket.connect(join(this.#folder, 'agent'));
    return await socket.execute(command, args);
  }

  /** Runs a shell command in the guest, by its agent, and returns what it printed. */
  async run(command: string): Promise<string> {
    const args = { path: '/bin/sh', arg: ['-c', command], 'capture-output': true };
    const started = (await this.agent('guest-exec', args)) as { pid: number };
    for (;;) {
      const status = (await this.agent('guest-exec-status', started)) as ExecStatus;
      if (status.exited) return Buffer.from(status['out-data'] ?? '', 'base64').toString();
      await sleep(100);
    }
  }

  /** The screen's pixels, three bytes each (red, green, blue). */
  async screen(): Promise<Buffer> {
    const file = join(this.#folder, 'screen.ppm');
    await this.qmp('screendump', { filename: file });
    const image = await readFile(file);
    const header = /^P6\n\d+ \d+\n255\n/.exec(image.toString('latin1', 0, 40))!;
    return image.subarray(header[0].length);
  }

  /** Presses a key, named as QEMU does, for example `a` or `ret`. */
  async press(key: string): Promise<void> {
    await this.qmp('send-key', { keys: [{ type: 'qcode', data: key }] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.kill('SIGKILL')) await this.exited;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #retry<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + 180_000;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const hasEnded = this.#process.exitCode !== null || this.#process.signalCode !== null;
        if (hasEnded || Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }
}
