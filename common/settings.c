/*
 * Three sources write one structure, later ones over earlier ones: the table's defaults, the file, the
 * command line. Each is read to its end, and every complaint is kept, before anything is said: whoever wrote
 * five wrong lines wants to hear of five.
 */
#include "common/settings.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"
#include "common/nearest.h"
#include "common/settings_loading.h"
#include "common/span.h"

enum { NAME_MOST = 64, SETTINGS_MOST = 64 };

/* --- Values --- */

static void
put_text(struct settings_loading *loading, const struct setting *setting, const char *text)
{
    char **field = (char **)(void *)(loading->settings + setting->offset);
    free(*field); /* an earlier source's */
    *field = must(strdup(text));
}

static void
put_int(struct settings_loading *loading, const struct setting *setting, int line, const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < setting->least || value > setting->most)
        errors_add(&loading->errors, line, setting->name,
                   "expected a whole number from %" PRId64 " to %" PRId64 ", found \"%.40s\"", setting->least,
                   setting->most, text);
    else
        memcpy(loading->settings + setting->offset, &(int64_t){value}, sizeof(int64_t));
}

static void
put_bool(struct settings_loading *loading, const struct setting *setting, int line, const char *text)
{
    bool yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
    bool no = strcmp(text, "false") == 0 || strcmp(text, "no") == 0;
    if (!yes && !no)
        errors_add(&loading->errors, line, setting->name, "expected true or false, found \"%.40s\"", text);
    else
        memcpy(loading->settings + setting->offset, &yes, sizeof yes);
}

static void
put_item(struct settings_loading *loading, const struct setting *setting, const char *text)
{
    struct setting_list *list = (struct setting_list *)(void *)(loading->settings + setting->offset);
    unsigned char *layer = &loading->list_layers[setting - loading->table];
    while (*layer != loading->layer && list->count > 0) /* a later source replaces the list */
        free((char *)list->items[--list->count]);
    *layer = (unsigned char)loading->layer;
    list->items = must(realloc(list->items, (list->count + 1) * sizeof *list->items));
    list->items[list->count++] = must(strdup(text));
}

void
settings_put(struct settings_loading *loading, const struct setting *setting, int line, const char *text)
{
    switch (setting->kind) {
    case SETTING_TEXT:
        put_text(loading, setting, text);
        break;
    case SETTING_INT:
        put_int(loading, setting, line, text);
        break;
    case SETTING_BOOL:
        put_bool(loading, setting, line, text);
        break;
    case SETTING_LIST:
        put_item(loading, setting, text);
        break;
    }
}

static void
put_defaults(struct settings_loading *loading)
{
    static const size_t sizes[] = {[SETTING_TEXT] = sizeof(char *),
                                   [SETTING_INT] = sizeof(int64_t),
                                   [SETTING_BOOL] = sizeof(bool),
                                   [SETTING_LIST] = sizeof(struct setting_list)};
    loading->layer = LAYER_DEFAULT;
    for (size_t i = 0; i < loading->count; i++) {
        const struct setting *setting = &loading->table[i];
        memset(loading->settings + setting->offset, 0, sizes[setting->kind]);
        if (setting->fallback)
            settings_put(loading, setting, LINE_NONE, setting->fallback);
    }
    assert(loading->errors.count == 0); /* a default that its own table refuses */
}

/* --- Names --- */

const struct setting *
settings_find(const struct settings_loading *loading, const char *name)
{
    for (size_t i = 0; i < loading->count; i++)
        if (strcmp(loading->table[i].name, name) == 0)
            return &loading->table[i];
    return NULL;
}

const char *
settings_nearest(const struct settings_loading *loading, const char *name)
{
    const char *names[SETTINGS_MOST];
    size_t count = loading->count < SETTINGS_MOST ? loading->count : SETTINGS_MOST;
    for (size_t i = 0; i < count; i++)
        names[i] = loading->table[i].name;
    return nearest_name(span_of(name), names, count);
}

/* As it stands on the command line: "commit-timeout-ms"; `out` has room for NAME_MOST + 1. */
static const char *
dashed(const char *name, char out[NAME_MOST + 1])
{
    size_t len = 0;
    for (; name[len] && len < NAME_MOST; len++)
        out[len] = name[len] == '_' ? '-' : name[len];
    out[len] = '\0';
    return out;
}

/* --- The command line --- */

/* One argument taken apart: --name=value, or --name and whatever follows. */
struct argument {
    char name[NAME_MOST + 1]; /* with '_' */
    const char *value;        /* or NULL */
};

static bool
take_apart(const char *text, struct argument *argument)
{
    if (strncmp(text, "--", 2) != 0 || text[2] == '\0')
        return false;
    size_t len = 0;
    for (text += 2; *text && *text != '=' && len < NAME_MOST; text++)
        argument->name[len++] = *text == '-' ? '_' : *text;
    argument->name[len] = '\0';
    argument->value = *text == '=' ? text + 1 : NULL;
    return *text == '\0' || *text == '=';
}

static void
complain_of_name(struct settings_loading *loading, const char *text, const char *name)
{
    char meant[NAME_MOST + 1];
    const char *near = settings_nearest(loading, name);
    errors_add(&loading->errors, LINE_NONE, text, "there is no such option%s%s",
               near ? "; the nearest is --" : "", near ? dashed(near, meant) : "");
}

/* Reads argument `at` and gives the index of the next one. `file_only`: takes --config and nothing else. */
static int
put_argument(struct settings_loading *loading, int argc, char **argv, int at, bool file_only)
{
    struct argument argument;
    if (!take_apart(argv[at], &argument)) {
        if (!file_only)
            errors_add(&loading->errors, LINE_NONE, argv[at], "expected an option, as in --name VALUE");
        return at + 1;
    }
    bool is_config = strcmp(argument.name, "config") == 0;
    const struct setting *setting = is_config ? NULL : settings_find(loading, argument.name);
    if (!is_config && !setting) {
        if (!file_only)
            complain_of_name(loading, argv[at], argument.name);
        return at + 1;
    }
    int next = at + 1;
    if (!argument.value && setting && setting->kind == SETTING_BOOL)
        argument.value = "true";
    else if (!argument.value && next < argc)
        argument.value = argv[next++];
    if (!argument.value && !file_only)
        errors_add(&loading->errors, LINE_NONE, argv[at], "expected a value behind it");
    else if (argument.value && is_config)
        loading->file = argument.value;
    else if (argument.value && !file_only)
        settings_put(loading, setting, LINE_NONE, argument.value);
    return next;
}

static void
put_arguments(struct settings_loading *loading, int argc, char **argv, bool file_only)
{
    loading->layer = LAYER_ARGUMENTS;
    for (int at = 1; at < argc;)
        at = put_argument(loading, argc, argv, at, file_only);
}

/* --- Help and complaints --- */

static void
print_help(const struct settings_loading *loading, const char *program, const char *purpose)
{
    static const char *const values[] = {
        [SETTING_TEXT] = " TEXT", [SETTING_INT] = " N", [SETTING_BOOL] = "", [SETTING_LIST] = " TEXT..."};
    printf("%s: %s\n\nusage: %s [--config FILE] [--name VALUE]...\n\n", program, purpose, program);
    printf("  --config FILE\n        Settings in YAML, by the same names with _ for -.\n");
    for (size_t i = 0; i < loading->count; i++) {
        const struct setting *setting = &loading->table[i];
        char name[NAME_MOST + 1];
        printf("  --%s%s\n        %s", dashed(setting->name, name), values[setting->kind], setting->help);
        if (setting->fallback && setting->fallback[0])
            printf(" Default: %s.", setting->fallback);
        printf("\n");
    }
    printf("  --help, --version\n");
}

static void
answer_questions(const struct settings_loading *loading, const char *program, const char *purpose, int argc,
                 char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help(loading, program, purpose);
            exit(0);
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("%s %s\n", program, BOCHUANG_VERSION);
            exit(0);
        }
    }
}

static void
complain(const struct settings_loading *loading, const char *program)
{
    for (size_t i = 0; i < loading->errors.count; i++) {
        const struct complaint *complaint = &loading->errors.items[i];
        if (complaint->line != LINE_NONE)
            fprintf(stderr, "%s:%d: ", loading->file, complaint->line);
        else
            fprintf(stderr, "%s: ", program);
        fprintf(stderr, "%s: %s\n", complaint->field, complaint->message);
    }
    if (loading->errors.dropped > 0)
        fprintf(stderr, "%s: and %zu more\n", program, loading->errors.dropped);
}

bool
settings_read(struct settings_loading *loading, int argc, char **argv)
{
    loading->list_layers = must(calloc(loading->count + 1, 1));
    put_defaults(loading);
    put_arguments(loading, argc, argv, true);
    if (loading->file)
        settings_put_file(loading);
    put_arguments(loading, argc, argv, false);
    free(loading->list_layers);
    return loading->errors.count == 0;
}

void
settings_load(const struct setting *table, size_t count, void *settings, const char *program,
              const char *purpose, int argc, char **argv)
{
    assert(table && settings && program && purpose);
    struct settings_loading loading = {.table = table, .count = count, .settings = settings};
    answer_questions(&loading, program, purpose, argc, argv);
    bool good = settings_read(&loading, argc, argv);
    if (!good)
        complain(&loading, program);
    errors_free(&loading.errors);
    if (!good)
        exit(2);
}
