#include "cli/platform_options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAPPING_BYTES_MOST = 2 << 20 }; /* more than mapping_load() takes: it says so itself */

static bool
read_whole(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while (text->len < MAPPING_BYTES_MOST && buf_reserve(text, BUFSIZ)) {
        size_t got = fread(text->at + text->len, 1, BUFSIZ, file);
        text->len += got;
        if (got == 0)
            break;
    }
    int problem = ferror(file) ? errno : 0;
    fclose(file);
    errno = problem;
    return problem == 0;
}

static void
add_complaints(const struct errors *errors, const char *path, struct buf *out)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct complaint *complaint = &errors->items[i];
        buf_printf(out, "%s%s:", i ? "\n" : "", path ? path : "mapping");
        if (complaint->line > 0)
            buf_printf(out, "%d:", complaint->line);
        buf_printf(out, " %s%s%s", complaint->field, complaint->field[0] ? ": " : "", complaint->message);
    }
}

struct mapping *
platform_mapping(const struct command_usage *usage, const char *platform, const char *path)
{
    struct buf text = {0}, said = {0};
    struct errors errors = {0};
    if (!platform && !path)
        options_refuse(usage, "--platform or --mapping: whose export is it?");
    if (!path && !mapping_built_in(span_of(platform)).at)
        options_refuse(usage,
                       "--platform: expected douyin, which is built in, found \"%.40s\"; for others give "
                       "--mapping FILE: config/mappings/example.yaml is one to begin with",
                       platform);
    if (path && !read_whole(path, &text))
        options_refuse(usage, "%s: %s", path, strerror(errno));
    if (path)
        buf_text(&text); /* an empty file is a text too */
    struct mapping *mapping = mapping_load(platform, (struct span){path ? text.at : NULL, text.len}, &errors);
    if (!mapping) {
        add_complaints(&errors, path, &said);
        options_refuse(usage, "%s", buf_text(&said));
    }
    errors_free(&errors);
    buf_free(&text);
    return mapping;
}

/* The distinct platforms that sessions are on, as a list. */
static void
list_platforms(const struct contest *contest, struct buf *out)
{
    for (size_t i = 0; i < contest->session_count; i++) {
        const char *platform = contest->sessions[i].platform;
        bool is_listed = *platform == '\0';
        for (size_t j = 0; j < i && !is_listed; j++)
            is_listed = strcmp(contest->sessions[j].platform, platform) == 0;
        if (!is_listed)
            buf_printf(out, "%s%s", out->len ? ", " : "", platform);
    }
}

static bool
has_platform(const struct contest *contest, const char *platform)
{
    for (size_t i = 0; i < contest->session_count; i++)
        if (strcmp(contest->sessions[i].platform, platform) == 0)
            return true;
    return false;
}

/* The one platform of the contest's sessions whose export is the same as that of `platform`; else NULL. */
static const char *
own_name(const struct contest *contest, const char *platform)
{
    const char *own = NULL, *same = mapping_built_in(span_of(platform)).at;
    for (size_t i = 0; same && i < contest->session_count; i++) {
        const char *other = contest->sessions[i].platform;
        if (mapping_built_in(span_of(other)).at != same)
            continue;
        if (own && strcmp(own, other) != 0)
            return NULL;
        own = other;
    }
    return own;
}

static void
settle_platform(const struct command_usage *usage, const struct contest *contest, struct mapping *mapping)
{
    struct buf platforms = {0};
    const char *platform = mapping->platform;
    if (has_platform(contest, platform))
        return;
    const char *own = own_name(contest, platform);
    if (own) {
        mapping->platform = arena_text(mapping->arena, span_of(own));
        return;
    }
    list_platforms(contest, &platforms);
    options_refuse(usage, "platform: expected one that sessions of %s are on (%s), found \"%s\"", contest->id,
                   platforms.len ? buf_text(&platforms) : "none is on any", platform);
}

void
platform_check(const struct command_usage *usage, struct mapping *mapping, const struct contest *contest,
               const char *session)
{
    settle_platform(usage, contest, mapping);
    uint32_t place = session ? contest_find_session(contest, span_of(session)) : CONTEST_NONE;
    if (session && place == CONTEST_NONE)
        options_refuse(usage, "--session: expected the id of a session of %s, found \"%.80s\"", contest->id,
                       session);
    if (session && strcmp(contest->sessions[place].platform, mapping->platform) != 0)
        options_refuse(usage, "--session: expected a session on %s, found %s, which is on \"%s\"",
                       mapping->platform, session, contest->sessions[place].platform);
}
