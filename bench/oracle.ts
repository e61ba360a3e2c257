import { check } from './measure.ts';

/** An in-memory union-find over strings: what the partition must be where nothing is refused or held. */
export interface Oracle {
  link(a: string, b: string): void;
  ids(): string[];
  /** How many people they are. */
  people(): number;
  /** Throws VoidRun unless two ids share a name in `nameOf` exactly when they are linked here. */
  compare(nameOf: (id: string) => string): void;
}

export function createOracle(): Oracle {
  const parents = new Map<string, string>();

  function rootOf(id: string): string {
    let root = id;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    for (let at = id; at !== root; ) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    if (!parents.has(root)) parents.set(root, root);
    return root;
  }

  return {
    link(a, b) {
      parents.set(rootOf(a), rootOf(b));
    },
    ids: () => [...parents.keys()],
    people: () => new Set([...parents.keys()].map(rootOf)).size,
    compare(nameOf) {
      const nameByRoot = new Map<string, string>();
      const rootByName = new Map<string, string>();
      for (const id of parents.keys()) {
        const root = rootOf(id);
        const name = nameOf(id);
        check((nameByRoot.get(root) ?? name) === name, `${id} is apart from those it was linked to`);
        check((rootByName.get(name) ?? root) === root, `${id} is with those it was never linked to`);
        nameByRoot.set(root, name);
        rootByName.set(name, root);
      }
    },
  };
}
