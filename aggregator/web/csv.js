// A table as spreadsheets open it: UTF-8 with its mark, CRLF, RFC 4180 quotes. Text that a spreadsheet would run as a
// formula, or a long number that it would round, gets an apostrophe before it; figures are ours, and stay as they are.

const RISKY = /^[=+\-@\t\r]|^\d{12,}$/;

function field(value, isFigure) {
  const text = String(value ?? '');
  if (isFigure) return text;
  const guarded = RISKY.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** `columns`: {label, figure, csv(row)}. */
export function toCsv(columns, rows) {
  const lines = [columns.map((column) => field(column.label, false)),
    ...rows.map((row) => columns.map((column) => field(column.csv(row), column.figure)))];
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

/** Hands the text to the reader as a file. */
export function saveText(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
