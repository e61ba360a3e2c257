/** What can be done with this person: pages/act, by the search parameters `act`, `link`, `a`, `b` and `ids`. */
export function PersonActions() {
  return null;
}
