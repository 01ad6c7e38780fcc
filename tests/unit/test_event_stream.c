/* Server-Sent Events: whole messages come out however the bytes are cut, and any bytes are harmless. */
#include "cli/event_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf told;

static void
tell(const struct stream_message *message, void *arg)
{
    (void)arg;
    buf_printf(&told, "%.*s: %.*s|", SPAN_FMT(message->event), SPAN_FMT(message->content));
}

/* What is told of a text that comes in pieces of `piece` bytes. */
static const char *
told_of(const char *text, size_t piece)
{
    struct event_stream stream = {.on_message = tell};
    buf_free(&told);
    for (size_t at = 0; at < strlen(text); at += piece) {
        size_t left = strlen(text) - at;
        assert_true(event_stream_take(&stream, (struct span){text + at, left < piece ? left : piece}));
    }
    buf_printf(&told, "last %.*s", SPAN_FMT(buf_span(&stream.last_id)));
    event_stream_free(&stream);
    return buf_text(&told);
}

static const struct {
    const char *text, *told;
} cases[] = {
    {"id: 1\nevent: snapshot\ndata: {}\n\n", "snapshot: {}|last 1"},
    {"id: 1\r\nevent: update\r\ndata: a\r\ndata: b\r\n\r\n", "update: a\nb|last 1"},
    {": a comment\n\n: another\n", "last "},
    {"data:no space\n\ndata:  two\n\n", ": no space|:  two|last "},
    {"id: 1\n\nid: 2\ndata: x\n", "last 1"},  /* half a message: its id is not the last one */
    {"event: a\n\ndata: b\n\n", ": b|last "}, /* no content, no message */
    {"data\n\nid\ndata: c\n\nretry: 7\nfoo: bar\n\n", ": c|last "},
    {"id: 7\ndata: a\n\nid: 8\ndata: b\n\n", ": a|: b|last 8"},
    {"\n\n\n", "last "},
    {"", "last "},
};

static void
messages_come_whole_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 1; piece < 40; piece++)
            assert_string_equal(told_of(cases[i].text, piece), cases[i].told);
    buf_free(&told);
}

static void
what_a_lost_connection_had_begun_is_dropped(void **state)
{
    (void)state;
    struct event_stream stream = {.on_message = tell};
    assert_true(event_stream_take(&stream, SPAN("id: 1\ndata: a\n\nid: 2\nevent: e\ndata: b\nda")));
    event_stream_cut(&stream);
    assert_true(event_stream_take(&stream, SPAN("data: c\n\n")));
    assert_string_equal(buf_text(&told), ": a|: c|");
    assert_true(span_is(buf_span(&stream.last_id), "1"));
    event_stream_free(&stream);
    buf_free(&told);
}

static void
a_message_has_an_end(void **state)
{
    (void)state;
    static const char line[] =
        "data: 0123456789012345678901234567890123456789012345678901234567890123456789\n";
    struct event_stream stream = {.on_message = tell};
    size_t lines = 0;
    while (event_stream_take(&stream, SPAN(line)))
        assert_true(++lines * 70 < 17 << 20);
    assert_true(lines * 70 > 15 << 20);
    event_stream_cut(&stream);
    char *endless = calloc(17, 1 << 20);
    assert_non_null(endless);
    assert_false(event_stream_take(&stream, (struct span){endless, 17 << 20}));
    free(endless);
    event_stream_free(&stream);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_whole_however_they_are_cut),
        cmocka_unit_test(what_a_lost_connection_had_begun_is_dropped),
        cmocka_unit_test(a_message_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
