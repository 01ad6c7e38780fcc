/* What a client posted, held against the contest. */
#include <assert.h>
#include <stdlib.h>

#include "common/action_admission.h"
#include "common/limits.h"
#include "common/nearest.h"

static bool
check_fields(struct admission *admission)
{
    const struct action_rule *rule = &action_rules[admission->type];
    for (int field = 0; field < ACTION_FIELD_COUNT; field++) {
        if ((rule->needed & 1u << field) && !admission->reading.given[field]) {
            struct sentence sentence =
                action_wrong(admission, CODE_MISSING_FIELD, action_field_name((enum action_field)field));
            sentence_add(&sentence, "expected with \"%s\", found none", action_type_name(admission->type));
            return false;
        }
    }
    for (int field = 0; field < ACTION_FIELD_COUNT; field++) {
        if (action_has_field(admission, (enum action_field)field) &&
            !action_take_field(admission, (enum action_field)field))
            return false;
    }
    return true;
}

static bool
check_id(struct admission *admission, char id[65])
{
    if (!admission->reading.given[FIELD_ID]) {
        struct sentence sentence = action_wrong(admission, CODE_MISSING_FIELD, "id");
        sentence_add(&sentence, "expected an id of the action's own, found none");
        return false;
    }
    if (!action_take_id(admission, FIELD_ID))
        return false;
    struct span text = admission->text[FIELD_ID];
    memcpy(id, text.at, text.len);
    id[text.len] = '\0';
    return true;
}

static bool
check_type(struct admission *admission)
{
    if (!admission->reading.given[FIELD_TYPE]) {
        struct sentence sentence = action_wrong(admission, CODE_MISSING_FIELD, "type");
        sentence_add(&sentence, "expected an action's type, found none");
        return false;
    }
    if (!action_take_string(admission, FIELD_TYPE))
        return false;
    admission->type = action_type_find(admission->text[FIELD_TYPE]);
    if (admission->type != ACTION_TYPE_COUNT)
        return true;
    const char *names[ACTION_TYPE_COUNT];
    for (int type = 0; type < ACTION_TYPE_COUNT; type++)
        names[type] = action_type_name((enum action_type)type);
    const char *nearest = nearest_name(admission->text[FIELD_TYPE], names, ACTION_TYPE_COUNT);
    struct sentence sentence = action_wrong(admission, CODE_UNKNOWN_TYPE, "type");
    sentence_add(&sentence, "expected the type of an action, such as freeze, score or void, found ");
    sentence_quote(&sentence, admission->text[FIELD_TYPE]);
    if (nearest)
        sentence_add(&sentence, " (did you mean \"%s\"?)", nearest);
    return false;
}

/* False, with the sentence, where the role may not act: at all (`type` ACTION_TYPE_COUNT), or so. */
static bool
check_role(struct admission *admission, enum role role, enum action_type type)
{
    bool acts = role == ROLE_ORGANISER || role == ROLE_JUDGE;
    if (acts && (type == ACTION_TYPE_COUNT || (action_rules[type].roles & 1u << role)))
        return true;
    struct sentence sentence = action_wrong(admission, CODE_OK, "");
    if (!acts)
        sentence_add(&sentence, "expected the token of an organiser or a judge, found one of another role");
    else
        sentence_add(&sentence, "expected the token of %s for \"%s\", found one of %s",
                     role == ROLE_JUDGE ? "an organiser" : "a judge", action_type_name(type),
                     role == ROLE_JUDGE ? "a judge" : "an organiser");
    return false;
}

/* Tries the registration on the contest. */
static bool
check_register(struct admission *admission, struct span entry)
{
    struct errors errors = {0};
    struct contest *grown = contest_register(admission->contest, entry, &errors);
    contest_release(grown);
    if (!grown && errors.count > 0) {
        const char *path = errors.items[0].field;
        enum action_field list = FIELD_COUNTIES;
        while (list < FIELD_SESSIONS && strncmp(path, action_field_name(list), strcspn(path, "[")) != 0)
            list++;
        struct sentence sentence =
            action_wrong(admission, CODE_OUT_OF_RANGE, path[0] ? action_field_name(list) : "");
        sentence.len = 0;
        sentence_add(&sentence, "%s%s%s", path, path[0] ? ": " : "", errors.items[0].message);
    }
    errors_free(&errors);
    return grown;
}

static bool
brings_something(struct admission *admission)
{
    for (int field = FIELD_COUNTIES; field <= FIELD_SESSIONS; field++) {
        if (admission->reading.given[field])
            return true;
    }
    struct sentence sentence = action_wrong(admission, CODE_MISSING_FIELD, "streamers");
    sentence_add(&sentence, "expected any of counties, products, streamers and sessions, found none of them");
    return false;
}

static enum action_verdict
admit(struct admission *admission, const struct action_actor *actor, struct buf *entry, char id[65])
{
    enum action_field twice = admission->reading.twice;
    if (!check_id(admission, id))
        return ACTION_WRONG;
    if (twice != ACTION_FIELD_COUNT) {
        struct sentence sentence = action_wrong(admission, CODE_DUPLICATE_FIELD, action_field_name(twice));
        sentence_add(&sentence, "expected once, found twice");
        return ACTION_WRONG;
    }
    if (!check_type(admission))
        return ACTION_WRONG;
    if (!check_role(admission, actor->role, admission->type))
        return ACTION_FORBIDDEN;
    bool registers = admission->type == ACTION_REGISTER;
    size_t start = entry->len;
    bool good =
        check_fields(admission) && (!registers || brings_something(admission)) &&
        action_write(admission, actor->name, entry) &&
        (!registers || check_register(admission, (struct span){entry->at + start, entry->len - start}));
    if (!good)
        entry->len = start;
    return good ? ACTION_ADMITTED : ACTION_WRONG;
}

enum action_verdict
action_admit(const struct contest *contest, const struct action_actor *actor, struct span body,
             struct buf *entry, char id[65], struct event_error *error)
{
    assert(contest && actor->name);
    struct admission admission = {.contest = contest, .error = error};
    id[0] = '\0';
    *error = (struct event_error){.field = ""};
    if (!check_role(&admission, actor->role, ACTION_TYPE_COUNT))
        return ACTION_FORBIDDEN;
    if (body.len > LIMIT_ACTION_BYTES) {
        struct sentence sentence = action_wrong(&admission, CODE_TOO_LARGE, "");
        sentence_add(&sentence, "expected an action of at most %d bytes, found %zu", LIMIT_ACTION_BYTES,
                     body.len);
        return ACTION_WRONG;
    }
    bool readable = action_read(body, &admission.reading);
    if (!readable) {
        struct sentence sentence = action_wrong(&admission, CODE_INVALID_JSON, "");
        sentence_add(&sentence, "expected one JSON object, but at byte %zu: expected %s",
                     (size_t)(admission.reading.cursor.at - body.at), admission.reading.cursor.expected);
        return ACTION_UNREADABLE;
    }
    admission.strings = malloc(body.len);
    if (!admission.strings) {
        struct sentence sentence = action_wrong(&admission, CODE_OK, "");
        sentence_add(&sentence, "out of memory");
        return ACTION_NO_MEMORY;
    }
    enum action_verdict verdict = admit(&admission, actor, entry, id);
    free(admission.strings);
    return verdict;
}
