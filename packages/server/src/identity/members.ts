import { componentOf, type Seq, type State } from '@onym/core';

/** Every identifier of the identity, ascending; the id itself when it is alone. Its component is loaded whole. */
export function membersOf(state: State, distinctId: string): string[] {
  const component = componentOf(state, distinctId);
  return component === null ? [distinctId] : [...state.members.get(component.id)!].sort();
}

/** The identifiers that these links name, one after the other. */
export function sidesOf(state: State, links: Iterable<Seq>): string[] {
  return [...links].flatMap((seq) => {
    const { primary, secondary } = state.links.get(seq)!;
    return [primary, secondary];
  });
}
