import { Refusal } from './server.js';

/**
 * Runs `work` now, or once more behind the one that runs, and not more often than the pause allows. What the server
 * did not give is asked for again with the next call; the live stream says whether the line stands. `onRefusal` is
 * told why, if given.
 */
export function makeThrottle(work, pauseMs, onRefusal = () => {}) {
  let busy = false;
  let again = false;

  async function attempt() {
    try {
      await work();
    } catch (failure) {
      if (failure instanceof Refusal) onRefusal(failure);
      else reportError(failure); // a mistake of ours: it shall be seen
    }
  }

  return async function run() {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      await attempt();
      await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
    }
    busy = false;
  };
}
