/*
 * Any bytes as a mapping file: a mapping that, written out whole, is read as the same, and that finds each of
 * its codes; or complaints that can be shown. The first byte says for which platform. What stands behind a
 * NUL is read as an export by that mapping, behind the titles that it wants.
 */
#include <string.h>

#include "common/json_out.h"
#include "tests/fuzz/read_export.h"

static void
check_errors(struct errors *errors, const struct mapping *mapping)
{
    MUST((mapping != NULL) == (errors->count == 0));
    for (size_t i = 0; i < errors->count; i++) {
        const struct complaint *complaint = &errors->items[i];
        MUST(complaint->line >= 0 && utf8_is_valid(span_of(complaint->field)));
        check_sentence(span_of(complaint->message));
    }
    errors_free(errors);
}

/* --- Written out --- */

static void
put_words(struct json_out *json, const char *name, const struct words *words)
{
    if (words->count == 0)
        return;
    json_key(json, name);
    json_open(json, '[');
    for (size_t i = 0; i < words->count; i++)
        json_text(json, words->at[i]);
    json_close(json, ']');
}

static void
put_codes(struct json_out *json, const char *name, const char *of, const struct codes *codes)
{
    json_key(json, name);
    json_open(json, '[');
    for (size_t i = 0; i < codes->count; i++) {
        json_open(json, '{');
        json_put_text(json, "code", codes->at[i].code);
        json_put_text(json, of, codes->at[i].id);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_mapping(const struct mapping *mapping, struct buf *out)
{
    static const char *const encodings[] = {"auto", "utf-8", "gb18030"};
    struct json_out json = {.buf = out};
    const char *separator = mapping->separator == ','   ? "comma"
                            : mapping->separator == ';' ? "semicolon"
                                                        : "tab";
    json_open(&json, '{');
    json_put_text(&json, "platform", mapping->platform);
    json_put_text(&json, "encoding", encodings[mapping->encoding]);
    json_put_text(&json, "separator", separator);
    json_put_text(&json, "unit", mapping->in_fen ? "fen" : "yuan");
    json_key(&json, "columns");
    json_open(&json, '{');
    for (int i = 0; i < MAPPED_COUNT; i++)
        put_words(&json, mapped_name((enum mapped)i), &mapping->columns[i]);
    json_close(&json, '}');
    json_key(&json, "states");
    json_open(&json, '{');
    put_words(&json, "counting", &mapping->counting);
    put_words(&json, "not_counting", &mapping->not_counting);
    put_words(&json, "refunded", &mapping->refunded);
    json_close(&json, '}');
    put_codes(&json, "products", "product", &mapping->products);
    put_codes(&json, "streamers", "streamer", &mapping->streamers);
    put_codes(&json, "sessions", "session", &mapping->sessions);
    json_close(&json, '}');
}

/* --- The properties of a mapping --- */

static void
check_codes(const struct codes *codes)
{
    for (size_t i = 0; i < codes->count; i++)
        MUST(codes_find(codes, span_of(codes->at[i].code)) == codes->at[i].id);
    MUST(codes_find(codes, SPAN("\x01 nobody's")) == NULL);
}

static void
check_mapping(const struct mapping *mapping)
{
    struct errors errors = {0};
    struct buf once = {0}, twice = {0};
    put_mapping(mapping, &once);
    struct mapping *again = mapping_load(NULL, buf_span(&once), &errors);
    MUST(again);
    put_mapping(again, &twice);
    MUST(span_eq(buf_span(&once), buf_span(&twice)));
    mapping_free(again);
    buf_free(&once);
    buf_free(&twice);
    check_codes(&mapping->products);
    check_codes(&mapping->streamers);
    check_codes(&mapping->sessions);
}

/* The first title of each column, quoted. */
static void
put_titles(const struct mapping *mapping, struct buf *out)
{
    for (int i = 0; i < MAPPED_COUNT; i++) {
        if (mapping->columns[i].count == 0)
            continue;
        if (out->len > 0)
            buf_add_byte(out, mapping->separator);
        buf_add_byte(out, '"');
        for (const char *at = mapping->columns[i].at[0]; *at; at++) {
            if (*at == '"')
                buf_add_byte(out, '"');
            buf_add_byte(out, *at);
        }
        buf_add_byte(out, '"');
    }
    buf_add_text(out, "\n");
}

static void
read_with(const struct mapping *mapping, struct span rows)
{
    static struct contest *contest;
    struct errors errors = {0};
    struct buf text = {0};
    if (!contest)
        contest = contest_load(span_of(read_export_contest), &errors);
    put_titles(mapping, &text);
    buf_add_span(&text, rows);
    int fd = memfd_create("export", MFD_CLOEXEC);
    MUST(contest && fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    read_export(fd, mapping, contest);
    close(fd);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const platforms[] = {NULL, "douyin", "kuaishou"};
    if (len == 0)
        return 0;
    const char *text = (const char *)bytes + 1, *end = text + len - 1;
    const char *nul = memchr(text, '\0', len - 1);
    struct span file = {text, (size_t)((nul ? nul : end) - text)};
    struct errors errors = {0};
    struct mapping *mapping = mapping_load(platforms[bytes[0] % 3], file, &errors);
    check_errors(&errors, mapping);
    if (!mapping)
        return 0;
    check_mapping(mapping);
    if (nul)
        read_with(mapping, (struct span){nul + 1, (size_t)(end - nul - 1)});
    mapping_free(mapping);
    return 0;
}
