/* What `bochuang verify` says of a file, to people and to programs. */
#ifndef BOCHUANG_CLI_VERIFY_REPORT_H
#define BOCHUANG_CLI_VERIFY_REPORT_H

#include <stdbool.h>

#include "aggregator/evidence_check.h"

/* To standard output. `pinned`: a key was wanted. */
void verify_print_people(const char *path, const struct evidence_verdict *verdict,
                         const struct recount *recount, bool pinned);
void verify_print_json(const char *path, const struct evidence_verdict *verdict,
                       const struct recount *recount, bool pinned);

#endif
