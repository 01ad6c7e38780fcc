/*
 * A CSV file, row by row: csv_reader.h with a file before it. Bounded memory; bytes are wiped as soon as they
 * are read, so that nothing of a row outlives it.
 */
#ifndef BOCHUANG_CLI_CSV_FILE_H
#define BOCHUANG_CLI_CSV_FILE_H

#include "cli/csv_reader.h"

enum file_verdict { FILE_ROW, FILE_END, FILE_BROKEN };

struct csv_file {
    struct csv_reader reader;
    int fd; /* owned, but for standard input's */
    bool at_end;
    bool has_mark;               /* it begins with the byte order mark of UTF-8 */
    uint64_t bytes, bytes_total; /* read so far; of a plain file, else 0 */
    char *chunk;                 /* owned */
    struct span rest;            /* of the chunk, not read yet */
};

/* Opens it ("-": standard input). False where it cannot be opened: `why` says so. csv_file_close() either
 * way. */
bool csv_file_open(struct csv_file *file, const char *path, char separator, struct buf *why);
void csv_file_close(struct csv_file *file);

/* The next row that is not blank, in the reader. FILE_BROKEN: `why` says what is wrong, with the line. */
enum file_verdict csv_file_next(struct csv_file *file, struct buf *why);

#endif
