// Who acted, as the log says it: a role, the token's id, and its label where it has one.

/** "judge k3x… 评委一" → {role: 'judge', name: '评委一'}; without a label the name is the token's id. */
export function readActor(actor) {
  const [role, key, ...label] = (actor ?? '').split(' ');
  return { role, name: label.join(' ') || key };
}
