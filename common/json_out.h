/* Writes JSON, the same bytes for the same calls: commas are its business, order is the caller's. */
#ifndef BOCHUANG_JSON_OUT_H
#define BOCHUANG_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

struct json_out {
    struct buf *buf; /* borrowed */
    bool comma;      /* the next value needs one before it */
};

void json_open(struct json_out *json, char bracket);  /* '{' or '[' */
void json_close(struct json_out *json, char bracket); /* '}' or ']' */
void json_key(struct json_out *json, const char *key);
void json_int(struct json_out *json, int64_t value);
void json_bool(struct json_out *json, bool value);
void json_nil(struct json_out *json);
/* Escapes what must be; bytes that are no UTF-8 come out as U+FFFD. */
void json_str(struct json_out *json, struct span text);
void json_text(struct json_out *json, const char *text); /* NULL gives null */
/* Thousandths as a decimal number: 14564 gives 14.564, 40000 gives 40. */
void json_milli(struct json_out *json, int64_t milli);
/* Already JSON. */
void json_raw(struct json_out *json, struct span raw);

/* json_key and a value. */
void json_put_int(struct json_out *json, const char *key, int64_t value);
void json_put_bool(struct json_out *json, const char *key, bool value);
void json_put_text(struct json_out *json, const char *key, const char *text);
void json_put_str(struct json_out *json, const char *key, struct span text);

#endif
