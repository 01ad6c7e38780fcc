/* A FILE that lies in memory: for libraries that write files, in a process that may not. */
#ifndef BOCHUANG_MEMORY_FILE_H
#define BOCHUANG_MEMORY_FILE_H

#include <stdio.h>

#include "common/buf.h"

/*
 * An empty file, to write, read and seek in. Its bytes are those of `buf` (borrowed: it outlives the file,
 * and has them when the file is closed), or with NULL go when it is closed. NULL when memory is out.
 */
FILE *memory_file(struct buf *buf);

#endif
