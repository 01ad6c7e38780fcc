// Who is on air: by the contest's plan, as long as the contest goes on. Once it has ended nobody is, whatever was planned.

/** Whether a contest in that state is still to come or goes on. */
export const goesOn = (state) => ['scheduled', 'running', 'frozen'].includes(state);

/** at(ms, state): the sessions that are `on` then, and those that come `next`, in the order in which they start. */
export function makeAirPlan(sessions) {
  const plan = sessions.filter((session) => session.starts && session.ends)
    .map((session) => ({ ...session, fromMs: Date.parse(session.starts), untilMs: Date.parse(session.ends) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return {
    at(ms, state) {
      if (!goesOn(state)) return { on: [], next: [] };
      return { on: plan.filter((session) => session.fromMs <= ms && ms < session.untilMs), next: plan.filter((session) => session.fromMs > ms) };
    },
  };
}
