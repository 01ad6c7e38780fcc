/* `bochuang token`: creates, lists and revokes tokens, on the machine where Redis is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/token_store.h"
#include "common/clock.h"
#include "common/json_out.h"
#include "common/limits.h"

enum { WISHES_MOST = 100 * 1000, LINE_BYTES = 512 };

struct token_options {
    const char *contest, *role, *streamer, *label, *directory;
    bool many, json;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct token_options),
    {"role", 0, OPTION_TEXT, offsetof(struct token_options, role), 0, 0, "R", NULL, NULL,
     "create: streamer, connector, organiser or judge"},
    {"streamer", 0, OPTION_TEXT, offsetof(struct token_options, streamer), 0, 0, "S", NULL, NULL,
     "create: whose sales, with the role streamer"},
    {"label", 0, OPTION_TEXT, offsetof(struct token_options, label), 0, 0, "L", NULL, "",
     "create: a note on who has it, at most 64 bytes"},
    {"many", 0, OPTION_FLAG, offsetof(struct token_options, many), 0, 0, NULL, NULL, NULL,
     "create: one for each line ROLE[,STREAMER[,LABEL]] of standard input"},
    OPTION_ROW_DATA(struct token_options, "the directory of deploy/up, where redis.sock is"),
    OPTION_ROW_JSON(struct token_options),
};

static const struct command_usage usage = {
    .name = "token",
    .operands = "create | list | revoke KEY",
    .operand_most = 2,
    .purpose = "manages the tokens of a contest, on the machine where it runs",
    .details =
        "A token is shown once, when it is created; only its hash is kept. Its KEY (bc_KEY_...) is not\n"
        "secret, and names it from then on. A change holds at once, without a restart.",
    .examples =
        "  bochuang token create --contest youxian-2021 --role streamer --streamer yx-01 --label phone\n"
        "  bochuang token create --contest youxian-2021 --role judge --label \"the chair\"\n"
        "  printf 'judge\\nstreamer,yx-02\\n' | bochuang token create --contest youxian-2021 --many -j\n"
        "  bochuang token list --contest youxian-2021\n"
        "  bochuang token revoke --contest youxian-2021 k3xq7mzr2a",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

/* One token that is wanted. */
struct wish {
    enum role role;
    char streamer[LIMIT_ID_BYTES + 1];
    char label[65];
};

/* --- Create --- */

/* Fills a wish; false, and `trouble`, where nobody could use such a token. */
static bool
make_wish(const struct contest *contest, const char *role, const char *streamer, const char *label,
          struct wish *wish, struct buf *trouble)
{
    *wish = (struct wish){.role = role_find(span_of(role))};
    bool of_streamer = wish->role == ROLE_STREAMER;
    if (wish->role == ROLE_NONE)
        buf_printf(trouble, "role: expected streamer, connector, organiser or judge, found \"%.40s\"", role);
    else if (of_streamer && !(streamer && *streamer))
        buf_add_text(trouble, "a streamer's token: expected --streamer with the streamer's id");
    else if (!of_streamer && streamer && *streamer)
        buf_printf(trouble, "a token of a %s is for no one streamer", role);
    else if (of_streamer && contest_find_streamer(contest, span_of(streamer)) == CONTEST_NONE)
        buf_printf(trouble, "streamer: no \"%.64s\" takes part in %s", streamer, contest->id);
    else if (strlen(label) >= sizeof wish->label)
        buf_printf(trouble, "label: expected at most %zu bytes, found %zu", sizeof wish->label - 1,
                   strlen(label));
    if (trouble->len > 0)
        return false;
    snprintf(wish->streamer, sizeof wish->streamer, "%s", of_streamer ? streamer : "");
    snprintf(wish->label, sizeof wish->label, "%s", label);
    return true;
}

/* Reads one line ROLE[,STREAMER[,LABEL]]. */
static bool
read_wish(const struct contest *contest, char *line, struct wish *wish, struct buf *trouble)
{
    line[strcspn(line, "\r\n")] = '\0';
    char *rest = line;
    const char *role = strsep(&rest, ",");
    const char *streamer = rest ? strsep(&rest, ",") : NULL;
    return make_wish(contest, role, streamer, rest ? rest : "", wish, trouble);
}

static size_t
read_wishes(const struct contest *contest, struct wish **wishes, struct buf *trouble)
{
    char line[LINE_BYTES];
    size_t count = 0, cap = 0;
    *wishes = NULL;
    while (trouble->len == 0 && count < WISHES_MOST && fgets(line, sizeof line, stdin)) {
        if (line[0] == '\n')
            continue;
        if (count == cap) {
            cap = cap ? cap * 2 : 64;
            *wishes = realloc(*wishes, cap * sizeof **wishes);
            if (!*wishes)
                abort();
        }
        if (read_wish(contest, line, &(*wishes)[count], trouble))
            count++;
        else
            buf_printf(trouble, " (line %zu of standard input)", count + 1);
    }
    return count;
}

static void
print_created(const struct token_record *record, const char *text, bool as_json, bool many)
{
    if (!as_json && !many) {
        puts(text);
        return;
    }
    if (!as_json) {
        printf("%s%s%s %s\n", role_name(record->role), *record->streamer ? " " : "", record->streamer, text);
        return;
    }
    struct buf line = {0};
    struct json_out json = {.buf = &line};
    json_open(&json, '{');
    json_put_text(&json, "token", text);
    json_put_text(&json, "key", record->key);
    json_put_text(&json, "role", role_name(record->role));
    json_put_text(&json, "streamer", *record->streamer ? record->streamer : NULL);
    json_put_text(&json, "label", record->label);
    json_close(&json, '}');
    puts(buf_text(&line));
    buf_free(&line);
}

/* Nothing is printed before all of it is on disk. */
static bool
create_all(struct token_store *store, const struct wish *wishes, size_t count,
           const struct token_options *options, struct buf *trouble)
{
    struct token_record *records = calloc(count + 1, sizeof *records);
    char(*texts)[TOKEN_LEN + 1] = calloc(count + 1, sizeof *texts);
    if (!records || !texts)
        abort();
    for (size_t i = 0; i < count; i++)
        token_make(wishes[i].role, wishes[i].streamer, wishes[i].label, clock_wall_ms(), texts[i],
                   &records[i]);
    bool kept = token_store_append(store, records, count, trouble);
    for (size_t i = 0; kept && i < count; i++)
        print_created(&records[i], texts[i], options->json, options->many);
    free(texts);
    free(records);
    return kept;
}

static bool
create(struct token_store *store, const struct token_options *options, struct buf *trouble)
{
    const struct contest *contest = token_store_contest(store);
    struct wish *wishes = NULL;
    size_t count = 1;
    if (options->many) {
        count = read_wishes(contest, &wishes, trouble);
    } else {
        wishes = malloc(sizeof *wishes);
        if (!wishes)
            abort();
        make_wish(contest, options->role, options->streamer, options->label, wishes, trouble);
    }
    bool created = trouble->len == 0 && create_all(store, wishes, count, options, trouble);
    free(wishes);
    return created;
}

/* --- List --- */

static const struct column list_columns[] = {
    {"key", "key", COLUMN_TEXT},           {"role", "role", COLUMN_TEXT},
    {"streamer", "streamer", COLUMN_TEXT}, {"label", "label", COLUMN_TEXT},
    {"created", "created", COLUMN_TEXT},   {"state", "state", COLUMN_TEXT},
};

static bool
list(struct token_store *store, const struct token_options *options)
{
    const struct token_book *book = token_store_book(store);
    const struct contest *contest = token_store_contest(store);
    struct report *report = report_new();
    struct table *table =
        report_table(report, "tokens", "tokens", list_columns, sizeof list_columns / sizeof *list_columns);
    for (size_t i = 0; i < token_book_count(book); i++) {
        const struct token_record *record = token_book_at(book, i);
        char created[40];
        clock_format_rfc3339(created, sizeof created, record->created_ms / 1000 * 1000,
                             contest->utc_offset_min);
        table_text(table, record->key);
        table_text(table, role_name(record->role));
        table_text(table, *record->streamer ? record->streamer : NULL);
        table_text(table, *record->label ? record->label : NULL);
        table_text(table, created);
        table_text(table, record->revoked ? "revoked" : "good");
    }
    bool printed = report_print(report, options->json ? REPORT_JSON : REPORT_TABLE, NULL);
    report_free(report);
    return printed;
}

/* --- Revoke --- */

static const struct token_record *
find_key(const struct token_book *book, const char *key)
{
    for (size_t i = 0; i < token_book_count(book); i++)
        if (strcmp(token_book_at(book, i)->key, key) == 0)
            return token_book_at(book, i);
    return NULL;
}

static bool
revoke(struct token_store *store, const char *key, const struct token_options *options, struct buf *trouble)
{
    const struct token_record *found = find_key(token_store_book(store), key);
    if (!found) {
        buf_printf(trouble, "no token has the key \"%.40s\"; \"bochuang token list\" shows them", key);
        return false;
    }
    struct token_record record = *found;
    bool was_good = !record.revoked;
    record.revoked = true;
    if (was_good && !token_store_append(store, &record, 1, trouble))
        return false;
    if (options->json)
        printf("{\"key\":\"%s\",\"revoked\":true}\n", record.key);
    else
        printf("%s (%s%s%s) %s\n", record.key, role_name(record.role), *record.streamer ? " " : "",
               record.streamer, was_good ? "is revoked" : "was revoked before");
    return true;
}

enum deed { DEED_CREATE, DEED_LIST, DEED_REVOKE };

static enum deed
find_deed(size_t operands, char **argv, const struct token_options *options)
{
    const char *name = operands > 0 ? argv[1] : "";
    size_t wanted = strcmp(name, "revoke") == 0 ? 2 : 1;
    if (strcmp(name, "create") != 0 && strcmp(name, "list") != 0 && strcmp(name, "revoke") != 0)
        options_refuse(&usage, "expected create, list or revoke, found \"%.40s\"", name);
    if (operands < wanted)
        options_refuse(&usage, "revoke: which KEY?");
    if (operands > wanted)
        options_refuse(&usage, "\"%.60s\" is one argument too many", argv[2]);
    if (!options->contest)
        options_refuse(&usage, "--contest: which one?");
    if (name[0] == 'c' && !options->many == !options->role)
        options_refuse(&usage, "create: expected --role, or --many with lines on standard input");
    if (options->role && role_find(span_of(options->role)) == ROLE_NONE)
        options_refuse(&usage, "--role: expected streamer, connector, organiser or judge, found \"%.40s\"",
                       options->role);
    return name[0] == 'c' ? DEED_CREATE : name[0] == 'l' ? DEED_LIST : DEED_REVOKE;
}

int
command_token(int argc, char **argv)
{
    struct token_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    enum deed deed = find_deed(operands, argv, &options);
    struct buf trouble = {0};
    struct token_store *store = token_store_open(options.directory, options.contest, &trouble);
    bool done = false;
    if (store && deed == DEED_CREATE)
        done = create(store, &options, &trouble);
    else if (store && deed == DEED_LIST)
        done = list(store, &options);
    else if (store)
        done = revoke(store, argv[2], &options, &trouble);
    token_store_close(store);
    if (trouble.len > 0)
        fprintf(stderr, "bochuang token: %s\n", buf_text(&trouble));
    buf_free(&trouble);
    return done ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
