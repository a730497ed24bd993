import { serviceOfferingId } from '../../support/machines.ts';
import { changeTo, deployMachine, expectState, rename } from '../machines.ts';
import { type Colour, RfbScreen, ScreenRefused } from '../rfb-screen.ts';
import { keepScreenshot } from '../screenshot.ts';
import { expect, type Step } from '../step.ts';
import type { World } from '../world.ts';

/** A simulated machine of this name powers itself off, as the installer does. */
const installerName = 'stops-by-itself-installer';

const blue: Colour = [0, 0, 0xa8];
const white: Colour = [0xfc, 0xfc, 0xfc];

/** The installer's page: light text on blue. */
const showsInstaller = (screen: RfbScreen) => screen.shareOf(blue) > 0.8 && screen.shareOf(white) > 0.01;

export const installationSteps: readonly Step[] = [
  {
    name: 'deploy a machine from the ISO, with an empty disk',
    deadlineSeconds: 60,
    run: async (world) => {
      world.serviceOfferingId = await serviceOfferingId(world.admin, 'tiny');
      world.installed = await deployMachine(world, {
        name: installerName,
        isoId: world.isoId,
        diskOfferingId: await diskOfferingId(world, '1 GiB'),
      });
      expect(world.installed.iso?.id === world.isoId, 'the disc is not in its drive');
      return `${world.installed.id} with ${world.installed.ipAddress ?? 'no address'}`;
    },
  },
  {
    name: 'read its VNC screen until it shows the installer, and keep a screenshot',
    deadlineSeconds: 120,
    needs: 'guest',
    run: async (world, signal) => {
      using screen = await RfbScreen.open(await consoleUrl(world), signal);
      await screen.until(() => showsInstaller(screen));
      return `${screen.size} in ${await keepScreenshot(screen, 'installer')}`;
    },
  },
  {
    name: 'be refused the second use of a one-time console token',
    deadlineSeconds: 20,
    run: async (world, signal) => {
      const url = await consoleUrl(world);
      const open = () =>
        RfbScreen.open(url, signal).then(
          (screen) => {
            screen[Symbol.dispose]();
            return 101;
          },
          (error: unknown) => {
            if (error instanceof ScreenRefused) return error.status;
            throw error;
          },
        );
      const [first, second] = [await open(), await open()];
      // A simulated machine has no screen behind the door, but the token is used up all the same.
      const expected = world.isSimulated ? 502 : 101;
      expect(first === expected, `the first use was answered with ${first}`);
      expect(second === 401, `the second use was answered with ${second}`);
      return `${first}, then ${second}`;
    },
  },
  {
    name: 'be told when the installer has powered the machine off',
    deadlineSeconds: 240,
    run: async (world, signal) => {
      await world.live.untilState(world.installed.id, 'STOPPED', signal);
      const { observedPower } = await powerOf(world);
      expect(observedPower === 'OFF', `its host saw its power ${observedPower}`);
      return 'STOPPED, pushed by its host';
    },
  },
  {
    name: 'detach the ISO',
    deadlineSeconds: 20,
    run: async (world, signal) => {
      const done = await changeTo('STOPPED', world, 'detachIso', { id: world.installed.id }, signal);
      const { iso } = await expectState(world, world.installed.id, 'STOPPED');
      expect(iso === null, 'the disc is still in the drive');
      return done;
    },
  },
  {
    name: 'rename the machine',
    deadlineSeconds: 10,
    run: (world) => rename(world, world.installed.id, 'golden'),
  },
];

async function powerOf({ admin, installed }: World): Promise<{ observedPower: string }> {
  const { virtualMachine } = await admin.ask<{ virtualMachine: { observedPower: string } }>(
    'query ($id: ID!) { virtualMachine(id: $id) { observedPower } }',
    { id: installed.id },
  );
  return virtualMachine;
}

async function diskOfferingId({ admin }: World, name: string): Promise<string> {
  const { diskOfferings } = await admin.ask<{ diskOfferings: { nodes: { id: string; name: string }[] } }>(
    '{ diskOfferings { nodes { id name } } }',
  );
  const offering = diskOfferings.nodes.find((each) => each.name === name);
  expect(offering !== undefined, `there is no disk offering ${name}`);
  return offering.id;
}

/** A way to the screen that opens once. */
async function consoleUrl({ admin, installed, product }: World): Promise<string> {
  const { createConsoleAccess } = await admin.ask<{ createConsoleAccess: { path: string } }>(
    'mutation ($input: CreateConsoleAccessInput!) { createConsoleAccess(input: $input) { path } }',
    { input: { virtualMachineId: installed.id } },
  );
  return new URL(createConsoleAccess.path, product.url.replace('http', 'ws')).href;
}
