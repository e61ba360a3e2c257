/** How many held links wait for somebody. */
export function ReviewCount() {
  return null;
}
