import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseId, uuidOf } from '@nephos/model/kernel/ids.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { takeScreenshot } from '@nephos/node-libvirt/guest.ts';
import { PNG } from 'pngjs';
import { findLibvirt, startPrivateLibvirt } from '../../scripts/launch/libvirt.ts';

/** Pixels of a screen, three bytes each: red, green, blue. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** The libvirt that a product drives, as somebody at the host sees it. */
export async function openLibvirt(dataFolder: string): Promise<Libvirt> {
  const folder = path.join(dataFolder, 'libvirt');
  if (existsSync(folder)) return Libvirt.open(await startPrivateLibvirt({ folder }));
  const address = await findLibvirt();
  if (address === null) throw new Error('the libvirt that the product drives is not to be found');
  return Libvirt.open(address);
}

/** What libvirt itself says is on a machine's screen. */
export async function screenOf(libvirt: Libvirt, machineId: string): Promise<Picture> {
  const domain = domainByUuid(uuidOf(parseId('VirtualMachine', machineId)));
  const { mimeType, data } = await takeScreenshot(libvirt, domain);
  return mimeType === 'image/png' ? readPng(data) : readPortablePixmap(data);
}

function readPng(data: Uint8Array): Picture {
  const { width, height, data: rgba } = PNG.sync.read(Buffer.from(data));
  return { width, height, rgb: withoutAlpha(rgba) };
}

/** A binary PPM: `P6`, width, height and 255 as text, then the pixels. */
function readPortablePixmap(data: Uint8Array): Picture {
  const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(Buffer.from(data.subarray(0, 64)).toString('latin1'));
  if (header === null) throw new Error('the screenshot is neither a PNG nor a PPM');
  return { width: Number(header[1]), height: Number(header[2]), rgb: data.subarray(header[0].length) };
}

export function withoutAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++)
    rgb.set(rgba.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return rgb;
}

/** Colours may be rounded on their way: QEMU sends what the client asks for. */
const sameWithin = 8;

/** Share of pixels that differ, 0 to 1; 1 when the sizes do. */
export function differenceOf(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  const count = one.width * one.height;
  let different = 0;
  for (let pixel = 0; pixel < count; pixel++) {
    const isSame = [0, 1, 2].every(
      (colour) => Math.abs(one.rgb[pixel * 3 + colour]! - other.rgb[pixel * 3 + colour]!) <= sameWithin,
    );
    if (!isSame) different++;
  }
  return different / count;
}

/** Share of pixels that are not black: text on a console, 0 on a screen that shows nothing. */
export function litShareOf({ rgb }: Picture): number {
  let lit = 0;
  for (let at = 0; at < rgb.length; at += 3) if (rgb[at]! + rgb[at + 1]! + rgb[at + 2]! > 96) lit++;
  return (lit * 3) / rgb.length;
}
