/* A secret that stands in a file of its own, and not on a command line, where `ps` would show it. */
#ifndef BOCHUANG_SECRET_FILE_H
#define BOCHUANG_SECRET_FILE_H

#include "common/buf.h"

/*
 * The file's first line, which the caller frees. NULL, and `trouble` says why in a sentence: it cannot be
 * read, its group or others could read it too, or it holds nothing, or more than a secret.
 */
char *secret_file_read(const char *path, struct buf *trouble);

#endif
