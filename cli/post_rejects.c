#include "cli/post_rejects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/json_cursor.h"
#include "common/json_out.h"

void
rejects_open(struct rejects *rejects, const char *name)
{
    *rejects = (struct rejects){0};
    if (asprintf(&rejects->path, "%s.rejected", name) < 0)
        abort();
}

static bool
is_json(struct span text)
{
    struct json_cursor cursor = json_over(text);
    struct json_value value;
    json_space(&cursor);
    if (!json_take_value(&cursor, &value))
        return false;
    json_space(&cursor);
    return cursor.at == cursor.end;
}

/* The event is given as it is where it is JSON, else as a string of what stood there. */
static void
encode(const struct reject *reject, struct buf *line)
{
    struct json_out json = {.buf = line};
    json_open(&json, '{');
    json_put_int(&json, "line", (int64_t)reject->line);
    json_put_text(&json, "code", reject->code);
    json_put_text(&json, "field", reject->field);
    json_put_text(&json, "message", reject->message);
    json_key(&json, "event");
    if (is_json(reject->event))
        json_raw(&json, reject->event);
    else
        json_str(&json, reject->event);
    json_close(&json, '}');
    buf_add_byte(line, '\n');
}

static bool
failed(const struct rejects *rejects)
{
    fprintf(stderr, "bochuang post: %s: %s\n", rejects->path, strerror(errno));
    return false;
}

bool
rejects_add(struct rejects *rejects, const struct reject *reject)
{
    if (!rejects->file)
        rejects->file = fopen(rejects->path, "w");
    if (!rejects->file)
        return failed(rejects);
    struct buf line = {0};
    encode(reject, &line);
    bool written = !line.failed && fwrite(line.at, 1, line.len, rejects->file) == line.len;
    buf_free(&line);
    return written || failed(rejects);
}

bool
rejects_close(struct rejects *rejects, bool all_was_sent)
{
    bool written = true;
    if (rejects->file)
        written = fclose(rejects->file) == 0 || failed(rejects);
    else if (all_was_sent)
        unlink(rejects->path);
    free(rejects->path);
    *rejects = (struct rejects){0};
    return written;
}
