#include "cli/csv_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/must.h"

enum { CHUNK_BYTES = 64 << 10 };

bool
csv_file_open(struct csv_file *file, const char *path, char separator, struct buf *why)
{
    bool is_stdin = strcmp(path, "-") == 0;
    *file = (struct csv_file){.fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    csv_init(&file->reader, separator);
    file->chunk = must(malloc(CHUNK_BYTES));
    file->rest = (struct span){file->chunk, 0};
    if (file->fd < 0) {
        buf_printf(why, "cannot be opened: %s", strerror(errno));
        return false;
    }
    struct stat about;
    if (fstat(file->fd, &about) == 0 && S_ISREG(about.st_mode))
        file->bytes_total = (uint64_t)about.st_size;
    return true;
}

void
csv_file_close(struct csv_file *file)
{
    if (file->fd > STDIN_FILENO)
        close(file->fd);
    explicit_bzero(file->chunk, CHUNK_BYTES);
    csv_free(&file->reader);
    free(file->chunk);
    *file = (struct csv_file){.fd = -1};
}

/* What starts like this is no text, though a person may well have named it .csv. */
static const struct {
    struct span start;
    const char *what;
} no_text[] = {
    {SPAN("PK\x03\x04"), "a spreadsheet (.xlsx) or a ZIP file: save it as CSV"},
    {SPAN("\xd0\xcf\x11\xe0"), "a spreadsheet (.xls): save it as CSV"},
    {SPAN("\x1f\x8b"), "a gzip file: unpack it"},
    {SPAN("%PDF"), "a PDF file"},
    {SPAN("\xff\xfe"), "UTF-16 text: save it as CSV in UTF-8"},
    {SPAN("\xfe\xff"), "UTF-16 text: save it as CSV in UTF-8"},
    {SPAN("<"),
     "HTML or XML, as some exports named .xls or .csv are: open it in a spreadsheet, save it as CSV"},
};

static bool
starts_with(struct span text, struct span start)
{
    return text.len >= start.len && memcmp(text.at, start.at, start.len) == 0;
}

/* The first chunk: a mark of UTF-8 is cut off, and what is no text is refused. */
static bool
check_start(struct csv_file *file, struct buf *why)
{
    static const struct span mark = SPAN("\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof no_text / sizeof *no_text; i++) {
        if (starts_with(file->rest, no_text[i].start)) {
            buf_printf(why, "line 1: expected CSV, found %s", no_text[i].what);
            return false;
        }
    }
    if (!starts_with(file->rest, mark))
        return true;
    file->rest = (struct span){file->rest.at + mark.len, file->rest.len - mark.len};
    file->has_mark = true;
    return true;
}

/* Reads the next chunk over the last one, whose bytes are thereby gone. */
static bool
fill(struct csv_file *file, struct buf *why)
{
    bool is_start = file->bytes == 0;
    size_t len = 0;
    for (ssize_t got = 1; got > 0 && len < CHUNK_BYTES; len += (size_t)got) {
        do
            got = read(file->fd, file->chunk + len, CHUNK_BYTES - len);
        while (got < 0 && errno == EINTR);
        if (got < 0) {
            buf_printf(why, "cannot be read: %s", strerror(errno));
            return false;
        }
    }
    file->at_end = len < CHUNK_BYTES;
    file->bytes += len;
    file->rest = (struct span){file->chunk, len};
    return !is_start || check_start(file, why);
}

enum file_verdict
csv_file_next(struct csv_file *file, struct buf *why)
{
    for (;;) {
        const char *before = file->rest.at;
        bool is_end = file->rest.len == 0 && file->at_end;
        if (file->rest.len == 0 && !is_end) {
            if (!fill(file, why))
                return FILE_BROKEN;
            continue;
        }
        enum csv_verdict verdict = is_end ? csv_end(&file->reader) : csv_read(&file->reader, &file->rest);
        if (!is_end)
            explicit_bzero(file->chunk + (before - file->chunk), (size_t)(file->rest.at - before));
        if (verdict == CSV_BROKEN) {
            csv_explain(&file->reader, why);
            return FILE_BROKEN;
        }
        if (verdict == CSV_ROW && !csv_row_is_blank(&file->reader))
            return FILE_ROW;
        if (verdict == CSV_MORE && is_end)
            return FILE_END;
    }
}
