/*
 * A sentence for a person, in a fixed number of bytes. What came from outside goes through sentence_quote():
 * shortened, and escaped so that the sentence is valid UTF-8 without control characters.
 */
#ifndef BOCHUANG_SENTENCE_H
#define BOCHUANG_SENTENCE_H

#include <stdarg.h>

#include "common/span.h"

struct sentence {
    char *at; /* borrowed; NUL-terminated at all times */
    size_t size;
    size_t len;
};

struct sentence sentence_start(char *at, size_t size);

/* Adds our own words: valid UTF-8. Cut off at the end of the sentence's memory, between characters. */
void sentence_add(struct sentence *sentence, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sentence_add_list(struct sentence *sentence, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* The whole of a sentence at once. */
void sentence_write(char *at, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Adds text from outside between `"`; what is longer than some 40 bytes ends in "…". */
void sentence_quote(struct sentence *sentence, struct span text);

/* The same without the quotes: for numbers and other bytes as they were written. */
void sentence_show(struct sentence *sentence, struct span text);

#endif
