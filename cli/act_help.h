/* What `bochuang act --help` says of each type of action: from the table that ingest admits actions by. */
#ifndef BOCHUANG_CLI_ACT_HELP_H
#define BOCHUANG_CLI_ACT_HELP_H

#include "common/buf.h"

/* One line a type: its fields, those that may be left out in brackets, and who may do it. */
void act_help_types(struct buf *out);

#endif
