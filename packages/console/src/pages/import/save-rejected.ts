/** Hands the rejected rows to the browser's downloads, as the command line names them: `ids.csv.rejected.ndjson`. */
export function saveRejected(lines: readonly Blob[], fileName: string): void {
  const url = URL.createObjectURL(new Blob([...lines], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${fileName}.rejected.ndjson`;
  link.click();
  URL.revokeObjectURL(url);
}
