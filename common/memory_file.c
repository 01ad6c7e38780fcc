#include "common/memory_file.h"

#include <stdlib.h>
#include <string.h>

struct memory_file {
    struct buf own;
    struct buf *bytes;
    size_t at;
};

static ssize_t
read_some(void *cookie, char *out, size_t size)
{
    struct memory_file *file = cookie;
    size_t left = file->at < file->bytes->len ? file->bytes->len - file->at : 0;
    size_t len = left < size ? left : size;
    if (len > 0)
        memcpy(out, file->bytes->at + file->at, len);
    file->at += len;
    return (ssize_t)len;
}

/* Over what is there, and on behind it. */
static ssize_t
write_some(void *cookie, const char *bytes, size_t size)
{
    struct memory_file *file = cookie;
    size_t inside = file->bytes->len - file->at;
    size_t over = inside < size ? inside : size;
    if (over > 0)
        memcpy(file->bytes->at + file->at, bytes, over);
    buf_add(file->bytes, bytes + over, size - over);
    if (file->bytes->failed)
        return 0;
    file->at += size;
    return (ssize_t)size;
}

/* Never past the end: nothing that is made here has holes. */
static int
seek_to(void *cookie, off64_t *offset, int whence)
{
    struct memory_file *file = cookie;
    off64_t base = 0;
    if (whence == SEEK_CUR)
        base = (off64_t)file->at;
    else if (whence == SEEK_END)
        base = (off64_t)file->bytes->len;
    off64_t place = base + *offset;
    if (place < 0 || place > (off64_t)file->bytes->len)
        return -1;
    file->at = (size_t)place;
    *offset = place;
    return 0;
}

static int
close_it(void *cookie)
{
    struct memory_file *file = cookie;
    buf_free(&file->own);
    free(file);
    return 0;
}

FILE *
memory_file(struct buf *buf)
{
    static const cookie_io_functions_t functions = {read_some, write_some, seek_to, close_it};
    struct memory_file *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    file->bytes = buf ? buf : &file->own;
    FILE *stream = fopencookie(file, "w+", functions);
    if (!stream)
        close_it(file);
    return stream;
}
