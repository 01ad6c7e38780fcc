/* Where libxlsxwriter's files go: into memory. Internal to report_xlsx*.c. */
#ifndef BOCHUANG_REPORT_XLSX_FILES_H
#define BOCHUANG_REPORT_XLSX_FILES_H

#include "common/buf.h"

/* The workbook that is closed next is put into `out` (borrowed), whatever its name; NULL: nowhere. */
void report_xlsx_into(struct buf *out);

#endif
