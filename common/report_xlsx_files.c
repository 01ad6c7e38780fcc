/*
 * libxlsxwriter 1.1 reaches for files in two places: a temporary one for each part of a workbook, and the
 * workbook itself, by its name. A daemon that serves may open neither (confine.h), and has no use for them.
 * So the two functions through which it reaches are given here; the dynamic linker takes a program's own
 * before a library's.
 */
#include "common/report_xlsx_files.h"

#include <minizip/zip.h>
#include <xlsxwriter.h>

#include "common/memory_file.h"

static struct buf *target; /* of the workbook that is being closed; one at a time */

void
report_xlsx_into(struct buf *out)
{
    target = out;
}

/* In place of libxlsxwriter's. */
FILE *
lxw_tmpfile(char *folder)
{
    (void)folder;
    return memory_file(NULL);
}

static voidpf
open_target(voidpf opaque, const void *path, int mode)
{
    (void)opaque;
    (void)path;
    (void)mode;
    return target ? memory_file(target) : NULL;
}

/* In place of minizip's, which would open `path`; on it all else is minizip's own. */
zipFile ZEXPORT
zipOpen(const char *path, int append)
{
    zlib_filefunc64_def functions;
    fill_fopen64_filefunc(&functions);
    functions.zopen64_file = open_target;
    return zipOpen2_64(path, append, NULL, &functions);
}
