/* `bochuang act`: one action of an organiser or a judge, as field=value. */
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/act_help.h"
#include "cli/act_results.h"
#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "common/action.h"
#include "common/nearest.h"

enum { OPERANDS_MOST = 64, ACT_PATIENCE_MS = 30 * 1000, WORTH_A_WORD_MS = 800 };

struct act_options {
    const char *ingest, *board, *token, *contest;
    bool json;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct act_options), OPTION_ROW_JSON(struct act_options),
    OPTION_ROW_INGEST(struct act_options),  OPTION_ROW_BOARD(struct act_options),
    OPTION_ROW_TOKEN(struct act_options),
};

static const struct command_usage usage = {
    .name = "act",
    .operands = "TYPE [FIELD=VALUE]...",
    .operand_most = OPERANDS_MOST,
    .purpose = "does what organisers and judges do, and waits until it is on disk",
    .examples =
        "  bochuang act --contest youxian-2021 approve streamer=yx-01 event=offline-17\n"
        "  bochuang act --contest youxian-2021 void streamer=yx-01 event=6920011223344 reason=\"a test "
        "order\"\n"
        "  bochuang act --contest youxian-2021 score judge=j1 streamer=yx-01 criterion=stage points=27.5\n"
        "  bochuang act --contest youxian-2021 register 'streamers:=[{\"id\":\"yx-09\",\"name\":\"攸县九队\","
        "\"county\":\"430223\"}]'\n"
        "  bochuang act --contest youxian-2021 publish override=true reason=\"one refund without its sale\"",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

static const char about_fields[] =
    "\n"
    "FIELD=VALUE is text (points and version are numbers, override true or false, winners ids with commas "
    "between);\n"
    "FIELD:=JSON is JSON. Without id=... one is made. The id is printed: giving it again repeats nothing.\n"
    "publish and finalise ask the board what stands in the way, and wait for what became of them; exit 1\n"
    "where they had no effect.";

/* --- The fields --- */

static json_t *
number_of(const char *field, const char *text)
{
    json_t *number = json_loads(text, JSON_DECODE_ANY, NULL);
    if (!json_is_number(number))
        options_refuse(&usage, "%s: expected a number, found \"%.40s\"", field, text);
    return number;
}

static json_t *
truth_of(const char *text)
{
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        options_refuse(&usage, "override: expected true or false, found \"%.40s\"", text);
    return json_boolean(yes);
}

static json_t *
winners_of(const char *text)
{
    json_t *winners = json_array();
    while (*text) {
        size_t len = strcspn(text, ",");
        if (len > 0)
            json_array_append_new(winners, json_stringn(text, len));
        text += len + (text[len] == ',');
    }
    return winners;
}

static json_t *
value_of(const char *field, const char *text, bool is_json)
{
    if (is_json) {
        json_error_t error;
        json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
        if (!value)
            options_refuse(&usage, "%.40s: no JSON: %s at character %d", field, error.text, error.position);
        return value;
    }
    if (strcmp(field, "points") == 0 || strcmp(field, "version") == 0)
        return number_of(field, text);
    if (strcmp(field, "override") == 0)
        return truth_of(text);
    if (strcmp(field, "winners") == 0)
        return winners_of(text);
    json_t *value = json_string(text);
    if (!value)
        options_refuse(&usage, "%.40s: the value is not UTF-8", field);
    return value;
}

static void
add_field(json_t *action, const char *written)
{
    const char *equals = strchr(written, '=');
    bool is_json = equals && equals > written && equals[-1] == ':';
    size_t len = equals ? (size_t)(equals - written) - is_json : 0;
    if (len == 0 || len > 64)
        options_refuse(&usage, "expected FIELD=VALUE, found \"%.60s\"", written);
    char field[65];
    snprintf(field, sizeof field, "%.*s", (int)len, written);
    if (json_object_get(action, field))
        options_refuse(&usage, "%s is given twice", field);
    json_object_set_new(action, field, value_of(field, equals + 1, is_json));
}

static void
refuse_type(const char *type)
{
    const char *names[ACTION_TYPE_COUNT];
    for (int i = 0; i < ACTION_TYPE_COUNT; i++) {
        names[i] = action_type_name((enum action_type)i);
        if (strcmp(names[i], type) == 0)
            return;
    }
    const char *near = nearest_name(span_of(type), names, ACTION_TYPE_COUNT);
    options_refuse(&usage, "no action is called \"%.40s\"%s%s%s", type, near ? "; did you mean " : "",
                   near ? near : "", near ? "?" : "");
}

static void
add_id(json_t *action)
{
    if (json_object_get(action, "id"))
        return;
    unsigned char random[12];
    char id[32] = "act-";
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(id + 4, sizeof id - 4, random, sizeof random);
    json_object_set_new(action, "id", json_string(id));
}

/* --- Sending --- */

static void
complain(const struct http_answer *answer)
{
    json_t *body = json_loadb(answer->body.at ? answer->body.at : "", answer->body.len, 0, NULL);
    json_t *error = json_array_get(json_object_get(body, "errors"), 0);
    const char *field = json_string_value(json_object_get(error, "field"));
    const char *message = json_string_value(json_object_get(error, "message"));
    if (message)
        fprintf(stderr, "bochuang act: %s%s%s\n", field ? field : "", field && *field ? ": " : "", message);
    else
        http_complain("act", answer);
    json_decref(body);
}

static void
wait_cb(const struct http_answer *answer, int64_t wait_ms, void *arg)
{
    (void)arg;
    if (wait_ms >= WORTH_A_WORD_MS)
        fprintf(stderr, "bochuang act: %s; trying again in %" PRId64 " ms\n", answer->trouble, wait_ms);
}

/* An answer that was lost says nothing of what became of the action: its id does, whenever it is sent again.
 */
static void
say_how_to_repeat(const struct http_answer *answer, const char *id)
{
    if (http_worth_retrying(answer->status))
        fprintf(stderr,
                "bochuang act: nobody knows whether it was taken; the same again with id=%s is harmless\n",
                id);
}

static bool
send_action(const struct act_options *options, const char *body, const char *id)
{
    struct buf path = {0};
    buf_add_text(&path, "/v1/contests");
    http_path_add(&path, options->contest);
    buf_add_text(&path, "/actions");
    struct http_client *client = http_client_new(options->ingest, options->token, NULL);
    struct http_call call = {.path = buf_text(&path),
                             .content_type = "application/json",
                             .body = span_of(body),
                             .patience_ms = ACT_PATIENCE_MS,
                             .on_wait = wait_cb};
    struct http_answer answer = {0};
    bool accepted = http_client_call(client, &call, &answer) && answer.status == 202;
    if (!accepted) {
        complain(&answer);
        say_how_to_repeat(&answer, id);
    }
    http_answer_free(&answer);
    http_client_free(client);
    buf_free(&path);
    return accepted;
}

/* --- Results --- */

/* Publishing and finalising: true where it took effect. */
static bool
act_on_results(const struct act_options *options, const json_t *action, const char *body)
{
    const char *id = json_string_value(json_object_get(action, "id"));
    bool publishes = strcmp(json_string_value(json_object_get(action, "type")), "publish") == 0;
    struct http_client *board = http_client_new(options->board, options->token, NULL);
    json_t *version = NULL;
    bool may = !publishes ||
               act_may_publish(board, options->contest, json_is_true(json_object_get(action, "override")));
    if (may && send_action(options, body, id))
        version = act_outcome(board, options->contest, id);
    http_client_free(board);
    long long number = json_integer_value(json_object_get(version, "number"));
    if (version && options->json)
        printf("{\"accepted\":1,\"id\":\"%s\",\"version\":%lld,\"final\":%s}\n", id, number,
               publishes ? "false" : "true");
    else if (version)
        printf("%s: version %lld is %s\n", id, number, publishes ? "published" : "final");
    json_decref(version);
    return version != NULL;
}

static bool
act(const struct act_options *options, const json_t *action, const char *body)
{
    const char *type = json_string_value(json_object_get(action, "type"));
    const char *id = json_string_value(json_object_get(action, "id"));
    if (strcmp(type, "publish") == 0 || strcmp(type, "finalise") == 0)
        return act_on_results(options, action, body);
    bool accepted = send_action(options, body, id);
    if (accepted && options->json)
        printf("{\"accepted\":1,\"id\":\"%s\"}\n", id);
    else if (accepted)
        printf("%s\n", id);
    return accepted;
}

static size_t
take_options(struct act_options *options, int argc, char **argv)
{
    struct command_usage explained = usage;
    struct buf details = {0};
    act_help_types(&details);
    buf_add_text(&details, about_fields);
    explained.details = buf_text(&details);
    size_t operands = options_take(&explained, options, argc, argv);
    buf_free(&details);
    return operands;
}

int
command_act(int argc, char **argv)
{
    struct act_options options = {0};
    size_t operands = take_options(&options, argc, argv);
    if (!options.contest || !options.token)
        options_refuse(&usage, !options.contest ? "--contest: which one?" : "--token: whose action is it?");
    if (operands == 0)
        options_refuse(&usage, "which type of action?");
    refuse_type(argv[1]);
    json_t *action = json_object();
    json_object_set_new(action, "type", json_string(argv[1]));
    for (size_t i = 1; i < operands; i++)
        add_field(action, argv[1 + i]);
    add_id(action);
    char *body =
        json_dumps(action, JSON_COMPACT | JSON_REAL_PRECISION(12)); /* 0.1, not 0.10000000000000001 */
    bool done = body && act(&options, action, body);
    free(body);
    json_decref(action);
    return done ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
