import { signIn } from '../../support/api-client.ts';
import { adminPassword } from '../../support/product.ts';
import { Hypervisor } from '../hypervisor.ts';
import { LiveView } from '../live-view.ts';
import { expect, type Step } from '../step.ts';

interface Agents {
  agents: { nodes: { id: string; kind: 'HOST' | 'STORAGE'; isConnected: boolean }[] };
}

const withoutLibvirt =
  'Where libvirt cannot be had, the tutorial can be played by: npm run tutorial -- --driver simulator';

export const startSteps: readonly Step[] = [
  {
    name: 'start Nephos on a fresh data folder',
    // It may have to install QEMU and libvirt first.
    deadlineSeconds: 300,
    run: async (world, signal) => {
      const { driver } = world.options;
      await world.startProduct(signal).catch((error: unknown) => {
        if (driver === 'simulator' || !String(error).includes('libvirt')) throw error;
        throw new Error(`${(error as Error).message}\n${withoutLibvirt}`, { cause: error });
      });
      const choice = /^driver: .*$/m.exec(world.product.output())?.[0] ?? '';
      expect(choice.startsWith(`driver: ${driver} `), `it says ${choice}`);
      if (!world.isSimulated) {
        world.hypervisor = await Hypervisor.of(world.product.dataFolder);
        world.before = await world.hypervisor.holdings();
      }
      return `${world.product.url}, ${choice}`;
    },
  },
  {
    name: 'sign in and make an API key',
    deadlineSeconds: 10,
    run: async (world) => {
      world.admin = await signIn(world.product.url, 'admin', adminPassword);
      const { viewer, changeCursor } = await world.admin.ask<{
        viewer: { user: { username: string }; sessionId: string | null };
        changeCursor: string;
      }>('{ viewer { user { username } sessionId } changeCursor }');
      expect(viewer.sessionId === null, 'the key passes for a session');
      world.beginning = changeCursor;
      world.live = new LiveView(world.admin, changeCursor);
      return `as ${viewer.user.username}`;
    },
  },
  {
    name: 'see the host agent and the storage agent connect',
    deadlineSeconds: 30,
    run: async (world, signal) => {
      world.agentIds = await world.live.until(async () => {
        const { agents } = await world.admin.ask<Agents>('{ agents { nodes { id kind isConnected } } }');
        const idOf = (wanted: string) =>
          agents.nodes.find(({ kind, isConnected }) => kind === wanted && isConnected)?.id;
        const [host, storage] = [idOf('HOST'), idOf('STORAGE')];
        return host && storage ? { host, storage } : undefined;
      }, signal);
      return Object.values(world.agentIds).join(' and ');
    },
  },
];
