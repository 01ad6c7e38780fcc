/**
 * Keeps the children of `parent` to one for each item, in order: what has not changed stays as it is, with its focus and
 * what is typed into it. `make(item)` builds one anew where the item is new or says something else.
 */
export function makeRows(parent, keyOf, make) {
  const kept = new Map(); // key → {text, root}
  return (items) => {
    const gone = new Set(kept.keys());
    items.forEach((item, index) => {
      const key = keyOf(item);
      const text = JSON.stringify(item);
      gone.delete(key);
      if (kept.get(key)?.text !== text) {
        kept.get(key)?.root.remove();
        kept.set(key, { text, root: make(item) });
      }
      const { root } = kept.get(key);
      if (parent.children[index] !== root) parent.insertBefore(root, parent.children[index] ?? null);
    });
    for (const key of gone) {
      kept.get(key).root.remove();
      kept.delete(key);
    }
  };
}
