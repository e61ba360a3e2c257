/** One cell of CSV and what ends it. */
const cellForm = /("[^"]*(?:""[^"]*)*"|[^,\n"]*)(,|\n)/y;

/** The server's CSV, with each cell as `change` has it; a cell that is quoted comes in its quotes. */
export async function* mapCells(
  rows: AsyncIterable<Uint8Array>,
  change: (cell: string) => string,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of rows) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let changed = '';
    let end = 0;
    cellForm.lastIndex = 0;
    for (let match = cellForm.exec(text); match !== null; match = cellForm.exec(text)) {
      changed += change(match[1]!) + match[2]!;
      end = cellForm.lastIndex;
    }
    rest = text.slice(end);
    if (changed !== '') yield Buffer.from(changed);
  }
  const last = rest + decoder.decode();
  if (last !== '') yield Buffer.from(change(last));
}
