/* The CSV reader: what is in a row, however its bytes come in, and what is no CSV. */
#include "cli/csv_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* All rows as text, "line:cell|cell|cell" each, read in pieces of `piece` bytes; a trouble as its sentence.
 */
static char *
read_all(struct span text, size_t piece, const bool *wanted, size_t wanted_count)
{
    struct csv_reader reader;
    struct buf out = {0};
    enum csv_verdict verdict = CSV_MORE;
    csv_init(&reader, ',');
    reader.wanted = wanted;
    reader.wanted_count = wanted_count;
    for (size_t at = 0; verdict != CSV_BROKEN;) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        struct span rest = {text.at + at, len};
        verdict = len > 0 ? csv_read(&reader, &rest) : csv_end(&reader);
        at += len - rest.len;
        if (verdict == CSV_MORE && len == 0)
            break;
        if (verdict != CSV_ROW || csv_row_is_blank(&reader))
            continue;
        buf_printf(&out, "%u:", (unsigned)reader.row_line);
        for (size_t i = 0; i < reader.cell_count; i++)
            buf_printf(&out, "%s%.*s", i ? "|" : "", SPAN_FMT(csv_cell(&reader, i)));
        buf_add_text(&out, reader.text_behind ? "!\n" : "\n");
    }
    if (verdict == CSV_BROKEN)
        csv_explain(&reader, &out);
    csv_free(&reader);
    buf_text(&out);
    return out.at;
}

static void
check(struct span text, const char *expected)
{
    static const size_t pieces[] = {1, 2, 3, 7, 4096};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *found = read_all(text, pieces[i], NULL, 0);
        assert_string_equal(found ? found : "", expected);
        free(found);
    }
}

static void
rows_and_cells(void **state)
{
    (void)state;
    check(SPAN(""), "");
    check(SPAN("\n\r\n\r"), "");
    check(SPAN("a,b\nc,d\n"), "1:a|b\n2:c|d\n");
    check(SPAN("a,b\r\nc,d"), "1:a|b\n2:c|d\n");
    check(SPAN("a,b\rc,d\r"), "1:a|b\n2:c|d\n");
    check(SPAN("a\n\nb"), "1:a\n3:b\n");
    check(SPAN(",\n,,x"), "1:|\n2:||x\n");
    check(SPAN("子订单编号,订单状态\n1,已完成"), "1:子订单编号|订单状态\n2:1|已完成\n");
}

static void
quotes(void **state)
{
    (void)state;
    check(SPAN("\"a,b\",c\n"), "1:a,b|c\n");
    check(SPAN("\"a\"\"b\",\"\"\n"), "1:a\"b|\n");
    check(SPAN("\"a\nb\r\nc\",d\ne\n"), "1:a\nb\r\nc|d\n4:e\n");
    check(SPAN("\"\"\"\"\n"), "1:\"\n");
    check(SPAN("\"\"\n\"x\""), "2:x\n"); /* a row of one empty cell is blank */
    check(SPAN("5\" tofu,x\n"), "1:5\" tofu|x\n");
    check(SPAN("\"\t6917001\",'6917002\n"), "1:\t6917001|'6917002\n");
    check(SPAN("\"a\"b,c\nd\n"), "1:ab|c!\n2:d\n");
    check(SPAN("\"a\" \"b\",c\n"), "1:a \"b\"|c!\n");
}

static void
what_is_no_csv_says_the_line(void **state)
{
    (void)state;
    check(SPAN("a\nb\0c\n"), "1:a\nline 2: expected text, found a NUL byte: this is no CSV file");
    check(SPAN("a\n\"b\0c\"\n"), "1:a\nline 2: expected text, found a NUL byte: this is no CSV file");
    check(SPAN("a\nb,\"c\nd\ne"),
          "1:a\nline 2: the quote that opens here is not closed before the end of the file");
}

static char *
filled(size_t len, char with, const char *before, const char *behind)
{
    size_t first = strlen(before);
    char *text = malloc(first + len + strlen(behind) + 1);
    assert_non_null(text);
    memcpy(text, before, first);
    memset(text + first, with, len);
    memcpy(text + first + len, behind, strlen(behind) + 1);
    return text;
}

static void
check_filled(size_t len, char with, const char *before, const char *behind, const char *expected)
{
    static const bool nothing[1] = {false};
    char *text = filled(len, with, before, behind);
    char *found = read_all(span_of(text), 65536, nothing, 1);
    assert_string_equal(found, expected);
    free(found);
    free(text);
}

static void
rows_are_bounded(void **state)
{
    (void)state;
    check_filled(LIMIT_CSV_ROW_BYTES - 1, 'x', "a\n", "\nb", "1:\n2:\n3:\n");
    check_filled(LIMIT_CSV_ROW_BYTES + 1, 'x', "a\n", "\nb",
                 "1:\nline 2: expected a row of at most 1048576 bytes, found a longer one");
    check_filled(LIMIT_CSV_ROW_BYTES, '\n', "a,\"", "",
                 "line 1: expected a row of at most 1048576 bytes, found a longer one: the quote that opens "
                 "on line 1 is not closed");
    check_filled(LIMIT_CSV_CELLS, ',', "a\n", "",
                 "1:\nline 2: expected at most 512 cells in a row, found more");
}

static void
only_the_wanted_cells_are_kept(void **state)
{
    (void)state;
    static const bool wanted[] = {false, true};
    static const struct span text =
        SPAN("name,id,telephone\n张三,69,13800000000\n\"李,四\",70,\"139\",more\nx\n");
    char *found = read_all(text, 5, wanted, 2);
    assert_string_equal(found, "1:|id|\n2:|69|\n3:|70||\n4:\n");
    free(found);

    struct csv_reader reader;
    struct span rest = text;
    csv_init(&reader, ',');
    reader.wanted = wanted;
    reader.wanted_count = 2;
    while (csv_read(&reader, &rest) == CSV_ROW)
        assert_null(memmem(reader.bytes.at, reader.bytes.cap, "13800000000", 11));
    csv_free(&reader);
}

static void
empty_cells_at_the_end_are_told_apart(void **state)
{
    (void)state;
    struct csv_reader reader;
    struct span rest = SPAN("a,b,,\n");
    csv_init(&reader, ',');
    assert_int_equal(csv_read(&reader, &rest), CSV_ROW);
    assert_int_equal(reader.cell_count, 4);
    assert_int_equal(reader.content_count, 2);
    assert_int_equal(csv_cell(&reader, 9).len, 0);
    csv_free(&reader);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_cells),
        cmocka_unit_test(quotes),
        cmocka_unit_test(what_is_no_csv_says_the_line),
        cmocka_unit_test(rows_are_bounded),
        cmocka_unit_test(only_the_wanted_cells_are_kept),
        cmocka_unit_test(empty_cells_at_the_end_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
