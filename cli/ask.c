#include "cli/ask.h"

#include <stdio.h>

json_t *
ask_board(struct http_client *client, const char *path, int64_t patience_ms, const char *command)
{
    struct http_call call = {.path = path, .patience_ms = patience_ms};
    struct http_answer answer = {0};
    json_t *json = NULL;
    bool answered = http_client_call(client, &call, &answer);
    if (answered && answer.status == 200) {
        json = json_loadb(answer.body.at ? answer.body.at : "", answer.body.len, 0, NULL);
        if (!json && command)
            fprintf(stderr, "bochuang %s: %s: the answer is no JSON; is this the board?\n", command, path);
    } else if (command) {
        http_complain(command, &answer);
        if (answer.status == 0)
            fprintf(stderr, "bochuang %s: is the board there? --board URL or $BOCHUANG_BOARD says where\n",
                    command);
    }
    http_answer_free(&answer);
    return json;
}

const char *
ask_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int64_t
ask_int(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}
