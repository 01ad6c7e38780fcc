/* Apart from the rest since jansson's names and those of json_out.h do not go into one file. */
#include <jansson.h>

#include "common/action_admission.h"

char *
action_sort_list(struct span list)
{
    json_t *parsed = json_loadb(list.at, list.len, JSON_REJECT_DUPLICATES, NULL);
    char *text = parsed ? json_dumps(parsed, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(parsed);
    return text;
}
