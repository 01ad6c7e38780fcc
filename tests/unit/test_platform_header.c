/* The header of an export: which columns stand where, and what is said where none is right. */
#include "cli/platform_header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char mapping_text[] = "platform: p\ncolumns:\n  id: [no]\n  amount: [yuan, fen]\n"
                                   "  product: [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9]\n  refund_state: "
                                   "[back]\nstates: {refunded: [yes]}\n";

static struct mapping *mapping;

static int
load_mapping(void **state)
{
    (void)state;
    struct errors errors = {0};
    mapping = mapping_load(NULL, SPAN(mapping_text), &errors);
    return mapping ? 0 : -1;
}

static int
drop_mapping(void **state)
{
    (void)state;
    mapping_free(mapping);
    return 0;
}

static void
columns_are_found_by_their_titles(void **state)
{
    (void)state;
    static const struct span titles[] = {SPAN("back"), SPAN("other"), SPAN("fen"), SPAN("no"), SPAN("no")};
    struct platform_header header;
    assert_true(platform_header_read(&header, mapping, titles, COUNT(titles)));
    assert_int_equal(header.cell_count, COUNT(titles));
    assert_int_equal(header.places[MAPPED_ID].at[0], 3); /* the first of two */
    assert_int_equal(header.places[MAPPED_AMOUNT].at[0], 2);
    assert_int_equal(header.places[MAPPED_PRODUCT].count, 0);
    assert_true(header.wanted[0] && !header.wanted[1] && header.wanted[2] && header.wanted[3] &&
                !header.wanted[4]);
    assert_false(platform_header_read(&header, mapping, titles + 1, COUNT(titles) - 1)); /* no refunds */
    assert_false(platform_header_read(&header, mapping, NULL, 0));
}

static void
of_many_titles_of_a_column_the_first_ones_are_read(void **state)
{
    (void)state;
    static const struct span titles[] = {SPAN("p9"), SPAN("p8"),   SPAN("p7"),  SPAN("p6"), SPAN("p5"),
                                         SPAN("p4"), SPAN("p3"),   SPAN("p2"),  SPAN("p1"), SPAN("p0"),
                                         SPAN("no"), SPAN("yuan"), SPAN("back")};
    struct platform_header header;
    assert_true(platform_header_read(&header, mapping, titles, COUNT(titles)));
    assert_int_equal(header.places[MAPPED_PRODUCT].count, MAPPED_PLACES_MOST);
    assert_int_equal(header.places[MAPPED_PRODUCT].at[0], 9);
    assert_int_equal(header.places[MAPPED_PRODUCT].at[MAPPED_PLACES_MOST - 1], 2);
    assert_false(header.wanted[0]);
}

#define EXPECTED "expected the columns no, yuan or fen, back of an export of p, found "

static void
must_explain(const struct span *titles, size_t count, const char *found)
{
    struct buf said = {0};
    char expected[1024];
    platform_header_explain(mapping, titles, count, &said);
    snprintf(expected, sizeof expected, EXPECTED "%s", found);
    assert_string_equal(buf_text(&said), expected);
    buf_free(&said);
}

/* What somebody else wrote into a file is shown on a terminal: short, and nothing that does anything there.
 */
static void
only_titles_that_can_be_shown_are(void **state)
{
    (void)state;
    static const struct span odd[] = {
        SPAN("甲"),
        SPAN("\x1b[2J"),
        SPAN(""),
        SPAN("\x7f"),
        SPAN("\xd7\xd3"),
        SPAN("乙"),
        SPAN("a title that is longer than sixty bytes, which no title of a column is")};
    must_explain(odd, COUNT(odd), "甲, 乙");
    must_explain(odd + 1, 4, "none");
    must_explain(NULL, 0, "nothing");
    static const struct span row[] = {SPAN("a1234b"), SPAN("12345")};
    must_explain(row, COUNT(row), "a row without titles: is the header row missing?");
}

static void
of_many_titles_some_are_shown(void **state)
{
    (void)state;
    struct span titles[30];
    for (size_t i = 0; i < COUNT(titles); i++)
        titles[i] = SPAN("x");
    must_explain(titles, COUNT(titles),
                 "x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, …");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_their_titles),
        cmocka_unit_test(of_many_titles_of_a_column_the_first_ones_are_read),
        cmocka_unit_test(only_titles_that_can_be_shown_are),
        cmocka_unit_test(of_many_titles_some_are_shown),
    };
    return cmocka_run_group_tests(tests, load_mapping, drop_mapping);
}
