#include "cli/act_help.h"

#include "cli/terminal.h"
#include "common/action_fields.h"
#include "common/token.h"

enum { TYPE_COLUMNS = 11, WHO_COLUMNS = 18 };

static void
add_who(unsigned roles, struct buf *out)
{
    bool organiser = roles & 1u << ROLE_ORGANISER, judge = roles & 1u << ROLE_JUDGE;
    const char *who = organiser && judge ? "organiser, judge" : organiser ? "organiser" : "judge";
    text_add_padded(out, span_of(who), WHO_COLUMNS, false);
}

/* Those of the set, in the order of the table; `before` and `behind` stand around each. */
static void
add_fields(unsigned fields, const char *before, const char *behind, struct buf *out)
{
    for (int field = 0; field < ACTION_FIELD_COUNT; field++)
        if (fields & 1u << field)
            buf_printf(out, " %s%s=%s", before, action_field_name((enum action_field)field), behind);
}

void
act_help_types(struct buf *out)
{
    const unsigned reason = 1u << FIELD_REASON;
    for (int type = 0; type < ACTION_TYPE_COUNT; type++) {
        const struct action_rule *rule = &action_rules[type];
        struct buf line = {0};
        buf_add_text(&line, "  ");
        text_add_padded(&line, span_of(action_type_name((enum action_type)type)), TYPE_COLUMNS, false);
        add_who(rule->roles, &line);
        add_fields(rule->needed, "", "", &line);
        add_fields((rule->allowed | reason) & ~rule->needed, "[", "]", &line);
        buf_printf(out, "%s\n", buf_text(&line));
        buf_free(&line);
    }
}
