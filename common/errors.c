#include "common/errors.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRORS_KEPT = 100 };

void
errors_add(struct errors *errors, int line, const char *field, const char *format, ...)
{
    assert(field && format);
    if (errors->count >= ERRORS_KEPT) {
        errors->dropped++;
        return;
    }
    struct complaint complaint = {.line = line, .field = strdup(field)};
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&complaint.message, format, arguments) < 0)
        complaint.message = NULL;
    va_end(arguments);
    struct complaint *items = realloc(errors->items, (errors->count + 1) * sizeof *items);
    if (items)
        errors->items = items;
    if (!items || !complaint.field || !complaint.message) {
        free(complaint.field);
        free(complaint.message);
        errors->dropped++;
        return;
    }
    errors->items[errors->count++] = complaint;
}

void
errors_free(struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        free(errors->items[i].field);
        free(errors->items[i].message);
    }
    free(errors->items);
    *errors = (struct errors){0};
}
