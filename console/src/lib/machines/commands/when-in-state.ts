import { feed } from '../../api/live-feed.ts';
import type { MachineState } from '../fragments.ts';

const longestMs = 180_000;

/** Does something once the feed says that a machine is in a state; never, when it does not get there in time. */
export function whenInState(id: string, state: MachineState, act: () => void): void {
  const end = feed.onChange((changes) => {
    const isThere = changes.some(
      ({ node }) => node?.id === id && node.__typename === 'VirtualMachine' && node.state === state,
    );
    if (!isThere) return;
    end();
    act();
  });
  setTimeout(end, longestMs);
}
