/** What a list answers, page after page, to its end. */
export async function* pagesOf<Page extends { readonly next: string | null }>(
  ask: (next: string | undefined) => Promise<Page>,
): AsyncGenerator<Page, void> {
  let next: string | undefined;
  do {
    const page = await ask(next);
    yield page;
    next = page.next ?? undefined;
  } while (next !== undefined);
}
