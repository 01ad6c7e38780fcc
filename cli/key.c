/* `bochuang key`: the public key of this machine's evidence; made where there is none. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/evidence_key.h"
#include "cli/options.h"
#include "common/json_out.h"

struct key_options {
    const char *directory;
    bool json;
};

static const struct option_row rows[] = {
    OPTION_ROW_DATA(struct key_options, "the directory of deploy/up, where evidence.key is"),
    OPTION_ROW_JSON(struct key_options),
};

static const struct command_usage usage = {
    .name = "key",
    .operands = "",
    .operand_most = 0,
    .purpose = "prints the public key that the evidence of this machine is signed with",
    .details =
        "Makes the key where there is none: DIR/evidence.key (mode 0600, never leaves the machine; back it\n"
        "up) and DIR/evidence.pub. deploy/up does so at its first start. Publish the public key before the\n"
        "contest, where all can see it: \"bochuang verify --key\" holds an evidence file against it.",
    .examples = "  bochuang key --data ./var",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

static void
print(const struct evidence_key *key, bool as_json)
{
    char hex[EVIDENCE_KEY_HEX_SIZE];
    evidence_key_hex(key->pub, hex);
    if (!as_json) {
        puts(hex);
        return;
    }
    struct buf line = {0};
    struct json_out json = {.buf = &line};
    json_open(&json, '{');
    json_put_text(&json, "key", hex);
    json_put_bool(&json, "made", key->made);
    json_close(&json, '}');
    puts(buf_text(&line));
    buf_free(&line);
}

int
command_key(int argc, char **argv)
{
    struct key_options options = {0};
    struct evidence_key key;
    struct buf trouble = {0};
    options_take(&usage, &options, argc, argv);
    bool opened = evidence_key_open(&key, options.directory, &trouble);
    if (opened)
        print(&key, options.json);
    else
        fprintf(stderr, "bochuang key: %s\n", buf_text(&trouble));
    evidence_key_forget(&key);
    buf_free(&trouble);
    return opened ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
