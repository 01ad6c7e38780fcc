// The order of a reveal, worked out once: from the last place up to the first, with a pause before each award. Pure: a
// result in, a list of steps out. What stands on the stage is a function of the step alone, so that back is as good as
// forward.
//
//   title ─▶ each award that the committee gives: announce, reveal
//         ─▶ places without an award: one run ─▶ each place with one: announce, reveal ─▶ … ─▶ first place ─▶ end

// Rows that share a rank stand together; the last rank first.
function groupsFromBelow(rows) {
  const groups = [];
  for (const row of rows) {
    if (groups.at(-1)?.rank === row.rank) groups.at(-1).rows.push(row);
    else groups.push({ rank: row.rank, rows: [row] });
  }
  return groups.reverse();
}

// Which award a group of rows gets: every winner is named; those who only share the rank get nothing.
function awardOf(group, awards) {
  const award = awards.find((one) => group.rows.some((row) => one.winners.includes(row.id)));
  return award && { award, rows: group.rows.map((row) => ({ ...row, wins: award.winners.includes(row.id) })) };
}

function stepsOfPlaces(ranking, awards) {
  const steps = [];
  for (const group of groupsFromBelow(ranking.rows)) {
    const given = awardOf(group, awards);
    if (given) {
      steps.push({ kind: 'announce', award: given.award, rank: group.rank, count: group.rows.length, rows: [] });
      steps.push({ kind: 'reveal', award: given.award, rank: group.rank, rows: given.rows });
    } else if (steps.at(-1)?.kind === 'run') {
      steps.at(-1).rows.push(...[...group.rows].reverse());
    } else {
      steps.push({ kind: 'run', rows: [...group.rows].reverse() });
    }
  }
  return steps;
}

const stepsOfCommittee = (awards) => awards.flatMap((award) => [
  { kind: 'announce', award, committee: true, rows: [] },
  { kind: 'given', award, committee: true, rows: [] },
]);

/**
 * `result`: {rankings, awards: [{id, name, name_en, manual, ranking, winners: [ids]}]}. The steps of one ranking; `rows` of
 * a step are those that it adds to the board, lowest place first.
 */
export function makeProgram(result, rankingId) {
  const ranking = result.rankings.find((one) => one.id === rankingId);
  const own = result.awards.filter((award) => !award.manual && award.ranking === rankingId && award.winners.length > 0);
  const committee = result.awards.filter((award) => award.manual && award.winners.length > 0);
  return [{ kind: 'title', rows: [] }, ...stepsOfCommittee(committee), ...stepsOfPlaces(ranking, own), { kind: 'end', rows: [] }];
}

/** The rows on the board once `index` is reached, the highest place first; `ran`: how many of a run's rows are there yet. */
export function boardAt(program, index, ran = Infinity) {
  return program.slice(0, index + 1).flatMap((step, at) => (at === index && step.kind === 'run' ? step.rows.slice(0, ran) : step.rows)).reverse();
}
