/** Facts that are to be said when the ledger they come from had said them: the least seq first. */
export interface Due<Fact> {
  add(seq: number, fact: Fact): void;
  /** Takes out all up to a seq, ascending. */
  upTo(seq: number): Fact[];
}

/** A binary heap. Links are many, and those that name somebody an identify named only later may be as well. */
export function createDue<Fact>(): Due<Fact> {
  const heap: { seq: number; fact: Fact }[] = [];
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  const isBefore = (a: number, b: number) => b >= heap.length || (a < heap.length && heap[a]!.seq <= heap[b]!.seq);

  function takeFirst(): Fact {
    const { fact } = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return fact;
    heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = isBefore(left, right) ? left : right;
      if (isBefore(at, least)) return fact;
      swap(at, least);
      at = least;
    }
  }

  return {
    add(seq, fact) {
      heap.push({ seq, fact });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = Math.floor((at - 1) / 2);
        if (isBefore(parent, at)) return;
        swap(parent, at);
        at = parent;
      }
    },
    upTo(seq) {
      const facts: Fact[] = [];
      while (heap.length > 0 && heap[0]!.seq <= seq) facts.push(takeFirst());
      return facts;
    },
  };
}
