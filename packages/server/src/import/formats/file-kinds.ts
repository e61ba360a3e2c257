interface FileKind {
  readonly is: (head: Buffer) => boolean;
  /** What the file is, and what to do with it instead. */
  readonly message: string;
}

const begins =
  (...magic: readonly (string | readonly number[])[]) =>
  (head: Buffer): boolean =>
    magic.some((one) => {
      const bytes = typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from(one);
      return head.subarray(0, bytes.length).equals(bytes);
    });

const asCsv = 'Save it as CSV UTF-8 there, and import that.';
const plainly = 'Decompress it, or compress it with gzip or Zstandard.';
const isZip = begins('PK\u0003\u0004', 'PK\u0005\u0006');
const holds = (head: Buffer, ...names: readonly string[]): boolean => names.some((name) => head.includes(name));

/** Files that people try and that hold no rows, in order: the first that fits. */
const fileKinds: readonly FileKind[] = [
  {
    is: (head) => isZip(head) && holds(head, '[Content_Types].xml', 'docProps/', 'xl/'),
    message: `The file is a workbook of Excel (.xlsx) or another Office file. ${asCsv}`,
  },
  {
    is: (head) => isZip(head) && holds(head, 'application/vnd.oasis.opendocument', 'application/vnd.sun.xml'),
    message: `The file is a spreadsheet or another document of LibreOffice (.ods). ${asCsv}`,
  },
  {
    is: isZip,
    message:
      'The file is a zip archive. Unpack it, and import the files in it one by one; those that are gzip can stay as they are. (A workbook of Numbers is one too: export it as CSV.)',
  },
  {
    is: begins([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    message: `The file is a workbook of an old Excel (.xls) or another old Office file. ${asCsv}`,
  },
  { is: begins('BZh'), message: `The file is bzip2. ${plainly}` },
  { is: begins([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), message: `The file is xz. ${plainly}` },
  { is: begins([0x04, 0x22, 0x4d, 0x18]), message: `The file is LZ4. ${plainly}` },
  { is: begins([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), message: 'The file is a 7z archive. Unpack it first.' },
  { is: begins('Rar!'), message: 'The file is a RAR archive. Unpack it first.' },
  {
    is: (head) => head.subarray(257, 262).toString('latin1') === 'ustar',
    message: 'The file is a tar archive. Unpack it, and import the files in it one by one.',
  },
  { is: begins('Obj\u0001'), message: 'The file is Avro. Write it as NDJSON, CSV or Parquet.' },
  { is: begins('ORC'), message: 'The file is ORC. Write it as Parquet, NDJSON or CSV.' },
  {
    is: begins('ARROW1', [0xff, 0xff, 0xff, 0xff]),
    message: 'The file is Arrow or Feather. Write it as Parquet, NDJSON or CSV.',
  },
  {
    is: begins('SQLite format 3'),
    message: 'The file is an SQLite database. Export the table as CSV, and import that.',
  },
  { is: begins('PGDMP'), message: 'The file is a dump of PostgreSQL. Export the table with \\copy … TO … CSV HEADER.' },
  { is: begins('%PDF'), message: 'The file is a PDF. Import the table that it was made from, as CSV.' },
  { is: begins('{\\rtf'), message: 'The file is rich text (RTF). Save it as plain text, and import that.' },
  {
    is: (head) => /^\uFEFF?\s*<(!doctype html|html)\b/i.test(head.toString('utf8')),
    message: 'The file is a web page. The download may have asked for a login: get the file itself.',
  },
  {
    is: (head) => /^\uFEFF?\s*<\?xml\b/i.test(head.toString('utf8')),
    message: 'The file is XML. Write it as CSV or NDJSON.',
  },
  {
    is: (head) => !begins('PAR1')(head) && isBinary(head),
    message: 'The file is not text, and not Parquet. Write it as CSV, NDJSON or Parquet.',
  },
];

/** What to tell about a file that is none of those that can be read; null for one that may be. `head`: its first 512 bytes at least. */
export function messageOfUnreadable(head: Buffer): string | null {
  return fileKinds.find(({ is }) => is(head))?.message ?? null;
}

/** Text may hold a stray control character; what holds many is none. */
function isBinary(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  return controls > head.length / 16;
}
