/*
 * Any bytes as a settings file: settings within their bounds, or complaints. Settings that are good, written
 * out again with every value in quotes, are read as the same.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/settings_loading.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

struct sample {
    const char *address, *user;
    int64_t port, least;
    bool strict;
    struct setting_list contest, origins;
};

enum { PORT_MOST = 65535, LEAST = -5, LEAST_MOST = 5 };

static const struct setting table[] = {
    {"address", SETTING_TEXT, offsetof(struct sample, address), 0, 0, "127.0.0.1", "Where it listens."},
    {"user", SETTING_TEXT, offsetof(struct sample, user), 0, 0, NULL, "The user to be."},
    {"port", SETTING_INT, offsetof(struct sample, port), 0, PORT_MOST, "8300", "The port."},
    {"least", SETTING_INT, offsetof(struct sample, least), LEAST, LEAST_MOST, "0", "Both signs."},
    {"strict", SETTING_BOOL, offsetof(struct sample, strict), 0, 0, "false", "Whether it is strict."},
    {"contest", SETTING_LIST, offsetof(struct sample, contest), 0, 0, NULL, "Contest files."},
    {"origins", SETTING_LIST, offsetof(struct sample, origins), 0, 0, "https://example.org", "Origins."},
};

/* Loads a file of these bytes; whether it was good. */
static bool
load(struct span text, struct sample *sample)
{
    char path[64], program[] = "sample", config[] = "--config";
    char *argv[] = {program, config, path};
    int fd = memfd_create("settings", MFD_CLOEXEC);
    MUST(fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct settings_loading loading = {.table = table,
                                       .count = sizeof table / sizeof *table,
                                       .settings = (char *)sample};
    bool good = settings_read(&loading, 3, argv);
    close(fd);
    MUST(good == (loading.errors.count == 0));
    for (size_t i = 0; i < loading.errors.count; i++)
        MUST(loading.errors.items[i].line > 0 && loading.errors.items[i].message[0]);
    errors_free(&loading.errors);
    return good;
}

static void
drop_list(struct setting_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->items[i]);
    free(list->items);
}

static void
drop(struct sample *sample)
{
    free((char *)sample->address);
    free((char *)sample->user);
    drop_list(&sample->contest);
    drop_list(&sample->origins);
}

/* Every character as an escape: what YAML makes of white space does not come into it. */
static void
put_text(struct buf *out, const char *text)
{
    buf_add_byte(out, '"');
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        unsigned width = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
        uint32_t point = width == 1 ? *at : *at & (0x7fu >> width);
        for (unsigned i = 1; i < width; i++)
            point = point << 6 | (at[i] & 0x3f);
        buf_printf(out, "\\U%08X", (unsigned)point);
        at += width;
    }
    buf_add_byte(out, '"');
}

static void
put_list(struct buf *out, const char *name, const struct setting_list *list)
{
    if (list->count == 0)
        return;
    buf_printf(out, "%s: [", name);
    for (size_t i = 0; i < list->count; i++) {
        put_text(out, list->items[i]);
        buf_add_byte(out, i + 1 < list->count ? ',' : ']');
    }
    buf_add_byte(out, '\n');
}

static void
put_sample(struct buf *out, const struct sample *sample)
{
    buf_add_text(out, "address: ");
    put_text(out, sample->address);
    if (sample->user) {
        buf_add_text(out, "\nuser: ");
        put_text(out, sample->user);
    }
    buf_printf(out, "\nport: %d\nleast: \"%d\"\nstrict: %s\n", (int)sample->port, (int)sample->least,
               sample->strict ? "yes" : "no");
    put_list(out, "contest", &sample->contest);
    put_list(out, "origins", &sample->origins);
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
same_list(const struct setting_list *a, const struct setting_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = same_text(a->items[i], b->items[i]);
    return same;
}

static void
check_sample(const struct sample *sample)
{
    MUST(sample->address && sample->port >= 0 && sample->port <= PORT_MOST);
    MUST(sample->least >= LEAST && sample->least <= LEAST_MOST);
    struct buf text = {0};
    struct sample again;
    put_sample(&text, sample);
    MUST(load(buf_span(&text), &again));
    MUST(same_text(sample->address, again.address) && same_text(sample->user, again.user));
    MUST(sample->port == again.port && sample->least == again.least && sample->strict == again.strict);
    MUST(same_list(&sample->contest, &again.contest) && same_list(&sample->origins, &again.origins));
    drop(&again);
    buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct sample sample;
    if (load((struct span){(const char *)bytes, len}, &sample))
        check_sample(&sample);
    drop(&sample);
    return 0;
}
