#include "common/origins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct origin {
    const char *name; /* borrowed: a setting lives until exit */
    char *fields;     /* owned */
};

struct origins {
    char *preflight; /* owned: the fields of its answer */
    size_t count;
    struct origin items[];
};

bool
origin_is_good(const char *text)
{
    const char *host = strstr(text, "://");
    bool web = strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
    static const char taken[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    return web && host[3] != '\0' && strspn(host + 3, taken) == strlen(host + 3);
}

static char *
fields_for(const char *name)
{
    char *fields;
    if (asprintf(&fields,
                 "Access-Control-Allow-Origin: %s\r\n"
                 "Access-Control-Expose-Headers: Retry-After\r\n"
                 "Vary: Origin\r\n",
                 name) < 0)
        abort();
    return fields;
}

static char *
preflight_for(const struct origins_rights *rights)
{
    char *fields;
    if (asprintf(&fields,
                 "Access-Control-Allow-Methods: %s\r\n"
                 "Access-Control-Allow-Headers: %s\r\n"
                 "Access-Control-Max-Age: 600\r\n",
                 rights->methods, rights->fields) < 0)
        abort();
    return fields;
}

struct origins *
origins_new(const struct setting_list *list, const struct origins_rights *rights)
{
    struct origins *origins = calloc(1, sizeof *origins + list->count * sizeof origins->items[0]);
    if (!origins)
        abort();
    origins->preflight = preflight_for(rights);
    for (size_t i = 0; i < list->count; i++) {
        const char *name = list->items[i];
        if (!origin_is_good(name)) {
            fprintf(stderr, "cors_origins: expected an origin such as https://example.org, found \"%s\"\n",
                    name);
            exit(2);
        }
        origins->items[origins->count++] = (struct origin){name, fields_for(name)};
    }
    return origins;
}

void
origins_free(struct origins *origins)
{
    if (!origins)
        return;
    for (size_t i = 0; i < origins->count; i++)
        free(origins->items[i].fields);
    free(origins->preflight);
    free(origins);
}

bool
origins_answer(const struct origins *origins, struct http_exchange *exchange, const struct http_head *head)
{
    struct span sent = origins->count ? http_field(head, "origin") : (struct span){0};
    for (size_t i = 0; i < origins->count; i++) {
        if (!span_is(sent, origins->items[i].name))
            continue;
        http_add_fields(exchange, origins->items[i].fields);
        if (head->method != HTTP_OPTIONS || http_field(head, "access-control-request-method").len == 0)
            return false;
        http_answer(exchange, &(struct http_answer){.status = 204, .fields = origins->preflight});
        return true;
    }
    return false;
}
