/*
 * A version as a document: the tables of its report, in Chinese, English or both, for CSV, spreadsheets and
 * paper. Every figure is taken from the same version_report as the JSON's.
 */
#ifndef BOCHUANG_VERSION_TABLES_H
#define BOCHUANG_VERSION_TABLES_H

#include "aggregator/version_report.h"
#include "common/report.h"

#define REPORT_LANGUAGES(X)                                                                                  \
    X(LANGUAGE_ZH, "zh")                                                                                     \
    X(LANGUAGE_EN, "en")                                                                                     \
    X(LANGUAGE_BOTH, "both")

enum report_language {
#define X(constant, name) constant,
    REPORT_LANGUAGES(X)
#undef X
        LANGUAGE_COUNT
};

const char *report_language_name(enum report_language language);
enum report_language report_language_find(struct span name); /* LANGUAGE_COUNT where there is none */

/* The caller frees. What the version says of being final is as of now. */
struct report *version_tables(const struct version_report *version, enum report_language language);

#endif
