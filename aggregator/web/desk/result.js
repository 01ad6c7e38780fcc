// A result to reveal, whichever way it comes: a published version, which everybody may read, or the live figures as a judge
// sees them, for a rehearsal or for a reveal before the publish.

const winnersOf = (award, rankings) => (rankings.find((one) => one.id === award.ranking)?.rows ?? [])
  .filter((row) => row.rank >= award.from && row.rank <= award.to).map((row) => row.id);

/** The published version of that number, or the last one; null where there is none. */
export async function readVersion(server, wanted) {
  const { versions } = await server.read('results');
  const chosen = wanted ? versions.find((one) => String(one.number) === wanted) : versions.at(-1);
  if (!chosen) return null;
  const version = await server.read(`results/${chosen.number}`);
  return {
    source: 'version', number: version.number, final: version.final, asOfMs: version.as_of_ms,
    rankings: version.rankings,
    awards: version.awards.map((award) => ({ ...award, winners: award.winners.map((one) => one.id) })),
  };
}

/** The live view, by places as they stand; what the panel decided counts. */
export async function readLive(server, contest) {
  const [all, audit] = await Promise.all([server.read('rankings?view=live'), server.read('audit?limit=10000')]);
  const decided = new Map(audit.actions.filter((one) => one.outcome === 'applied' && one.action.type === 'award').map(({ action }) => [action.award, action.winners]));
  return {
    source: 'live', number: null, final: false, asOfMs: all.as_of_ms,
    rankings: all.rankings,
    awards: (contest.awards ?? []).map((award) => ({ ...award, winners: decided.get(award.id) ?? (award.manual ? [] : winnersOf(award, all.rankings)) })),
  };
}
