/*
 * A file that is there whole or not at all: it is written without a name, brought to disk, and only then gets
 * its name. Whatever ends the command before, nothing half-done remains.
 */
#ifndef BOCHUANG_CLI_WHOLE_FILE_H
#define BOCHUANG_CLI_WHOLE_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/buf.h"
#include "common/span.h"

struct whole_file {
    FILE *file;        /* owned */
    const char *path;  /* borrowed */
    struct buf beside; /* another name in the same folder, of the file on its way to its own */
    bool has_name;     /* … which it has already */
    int problem;       /* errno of the first write that failed, or 0 */
};

/* False, and `trouble`, where none can be made there. To be closed either way. */
bool whole_file_open(struct whole_file *file, const char *path, mode_t mode, struct buf *trouble);

/* False once a write has failed; whole_file_keep() then says why. */
bool whole_file_write(struct whole_file *file, struct span bytes);

/*
 * Brings it to disk and gives it its name, in place of the one that may be there; or, where that is not
 * wanted, fails with errno EEXIST. False, and `trouble`, where any of it failed.
 */
bool whole_file_keep(struct whole_file *file, bool replace, struct buf *trouble);

/* What was not kept is gone. */
void whole_file_close(struct whole_file *file);

#endif
