/* Inside of settings: what the file's reader (settings_yaml.c) and the command line's (settings.c) share. */
#ifndef BOCHUANG_SETTINGS_LOADING_H
#define BOCHUANG_SETTINGS_LOADING_H

#include <stddef.h>

#include "common/errors.h"
#include "common/settings.h"

enum { LINE_NONE = 0 };

enum settings_layer { LAYER_DEFAULT = 1, LAYER_FILE, LAYER_ARGUMENTS };

struct settings_loading {
    const struct setting *table;
    size_t count;
    char *settings;             /* borrowed: the caller's structure */
    unsigned char *list_layers; /* while it is read: which layer a list's items came from */
    enum settings_layer layer;
    const char *file; /* of --config, or NULL */
    struct errors errors;
};

/* The setting of that name, or NULL. */
const struct setting *settings_find(const struct settings_loading *loading, const char *name);

/* The table's name that was probably meant, or NULL. */
const char *settings_nearest(const struct settings_loading *loading, const char *name);

/* Reads one value into its field (a list: adds an item), or complains. */
void settings_put(struct settings_loading *loading, const struct setting *setting, int line,
                  const char *text);

/* Reads all three sources into loading->settings; false where there is something in loading->errors. */
bool settings_read(struct settings_loading *loading, int argc, char **argv);

/* Reads loading->file. */
void settings_put_file(struct settings_loading *loading);

#endif
