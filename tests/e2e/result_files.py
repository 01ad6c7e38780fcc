"""Reads the files of a published version as a person's programs would: a CSV reader, a spreadsheet, a browser."""
import csv
import html.parser
import io
import re
import xml.etree.ElementTree
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_csv(body):
    """Tables by name: lists of rows of text, the head first; the guards that a spreadsheet hides are taken off."""
    assert body.startswith(b"\xef\xbb\xbf")
    rows = [[cell.removeprefix("\t").removeprefix("'") for cell in row] for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]
    blocks, block = [], []
    for row in [*rows, []]:
        if row:
            block.append(row)
        elif block:
            blocks.append(block)
            block = []
    return {block[0][0]: block[1:] for block in blocks}


def column_of(reference):
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def read_sheet(text, strings):
    rows = []
    for row in xml.etree.ElementTree.fromstring(text).iter(f"{MAIN}row"):
        cells = {}
        for cell in row.iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            if value is not None:
                cells[column_of(cell.get("r"))] = strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
        rows.append([cells.get(column) for column in range(max(cells, default=-1) + 1)])
    return rows


def read_xlsx(body):
    """Sheets by name: lists of rows; numbers are floats, an empty cell is None."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert book.testzip() is None
        texts = xml.etree.ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(part.text or "" for part in item.iter(f"{MAIN}t")) for item in texts.iter(f"{MAIN}si")]
        names = [sheet.get("name") for sheet in xml.etree.ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]
        return {name: read_sheet(book.read(f"xl/worksheets/sheet{number}.xml"), strings) for number, name in enumerate(names, 1)}


class Page(html.parser.HTMLParser):
    """Tables by the id of their section."""

    def __init__(self, body):
        super().__init__()
        self.tables, self.section, self.cell, self.skip = {}, None, None, 0
        self.feed(body.decode())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "section":
            self.section = self.tables.setdefault(attrs["id"], [])
        elif tag == "tr":
            self.section.append([])
        elif tag in ("td", "th"):
            self.cell = ""
        elif tag == "small":
            self.skip += 1
        assert tag != "script" and not any(name.startswith("on") or name == "style" for name in attrs)

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.section[-1].append(self.cell)
            self.cell = None
        elif tag == "small":
            self.skip -= 1

    def handle_data(self, data):
        if self.cell is not None and not self.skip:
            self.cell += data


def read_html(body):
    return Page(body).tables
