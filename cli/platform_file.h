/*
 * A platform's order export, row by row: from bytes of whatever encoding to platform_row.h.
 *
 *   bytes ─ csv_reader ─▶ cells ─ which columns? the header row says ─▶ UTF-8, trimmed ─▶ struct platform_row
 *
 * The header is the first row, of the first ten, with every column that must be there; where titles stand in
 * two rows (groups above, titles below) they are read as one. Bounded memory however long the file; cells of
 * other columns are never kept, and bytes are wiped as soon as their row is read.
 */
#ifndef BOCHUANG_CLI_PLATFORM_FILE_H
#define BOCHUANG_CLI_PLATFORM_FILE_H

#include <stdint.h>

#include "cli/csv_file.h"
#include "cli/platform_row.h"
#include "common/buf.h"

struct platform_file;

/*
 * Opens it ("-": standard input) and reads its header. NULL where that is none of this mapping's: `why` says
 * so, for people, with the line. `mapping` is borrowed. `offset_min`: of the contest's local time.
 */
struct platform_file *platform_file_open(const char *path, const struct mapping *mapping, int offset_min,
                                         struct buf *why);
void platform_file_free(struct platform_file *file);

/* The next row, headings left out; its spans are good until the next call. */
enum file_verdict platform_file_next(struct platform_file *file, struct platform_row *row, struct buf *why);

/* Bytes read so far, and of the whole file (0: not known). */
uint64_t platform_file_bytes(const struct platform_file *file, uint64_t *total);

#endif
