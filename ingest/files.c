#include "ingest/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/contest.h"
#include "common/limits.h"
#include "ingest/survey.h"

/* False, and said, where it cannot be read or is too long. */
static bool
read_file(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "re");
    size_t got = 1;
    while (file && got > 0 && text->len <= LIMIT_CONTEST_FILE_BYTES && buf_reserve(text, 64 << 10)) {
        got = fread(text->at + text->len, 1, 64 << 10, file);
        text->len += got;
    }
    bool failed = !file || ferror(file);
    if (failed)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    else if (text->failed)
        fprintf(stderr, "%s: out of memory\n", path);
    else if (text->len > LIMIT_CONTEST_FILE_BYTES)
        fprintf(stderr, "%s: longer than %d bytes\n", path, LIMIT_CONTEST_FILE_BYTES);
    if (file)
        fclose(file);
    return !failed && !text->failed && text->len <= LIMIT_CONTEST_FILE_BYTES;
}

static void
say_errors(const char *path, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        fprintf(stderr, "%s:%d: %s: %s\n", path, errors->items[i].line, errors->items[i].field,
                errors->items[i].message);
    if (errors->dropped > 0)
        fprintf(stderr, "%s: and %zu more\n", path, errors->dropped);
}

static struct contest *
load_file(const char *path)
{
    struct buf text = {0};
    struct errors errors = {0};
    struct contest *contest = NULL;
    if (read_file(path, &text))
        contest = contest_load(buf_span(&text), &errors);
    say_errors(path, &errors);
    errors_free(&errors);
    buf_free(&text);
    return contest;
}

bool
files_load(struct ingest *ingest)
{
    bool good = true;
    for (size_t i = 0; i < ingest->options->contest.count; i++) {
        struct contest *contest = load_file(ingest->options->contest.items[i]);
        if (contest)
            survey_add_file(ingest->survey, contest);
        else
            good = false;
    }
    return good;
}
