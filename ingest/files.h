/* The contest files of the settings: read at the start, and again at SIGHUP. */
#ifndef BOCHUANG_INGEST_FILES_H
#define BOCHUANG_INGEST_FILES_H

#include <stdbool.h>

#include "ingest/ingest.h"

/*
 * Reads every file, says on standard error all that is wrong with each (FILE:LINE: field: message), and gives
 * the good ones to the survey. False where any was wrong.
 */
bool files_load(struct ingest *ingest);

#endif
