/** The place of rows that are out of sight. */
export function SpacerRow({ height }: { readonly height: number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without cells takes no focus
  return height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null;
}
