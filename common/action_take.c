/* Each field of a posted action, held against the contest. */
#include <assert.h>

#include "common/action_admission.h"
#include "common/decimal.h"
#include "common/json_out.h"
#include "common/limits.h"

enum { ADJUST_MOST_MILLI = 1000 * 1000, VERSION_MOST = 1000 * 1000 * 1000 };

/* --- What is wrong --- */

struct sentence
action_wrong(struct admission *admission, enum event_code code, const char *field)
{
    admission->error->code = code;
    admission->error->field = field;
    struct sentence sentence = sentence_start(admission->error->message, sizeof admission->error->message);
    if (field[0])
        sentence_add(&sentence, "%s: ", field);
    return sentence;
}

static bool
wrong_kind(struct admission *admission, enum action_field field, const char *expected)
{
    static const char *const found[] = {
        [JSON_IS_NULL] = "null",      [JSON_IS_BOOL] = "true or false", [JSON_IS_INTEGER] = "a number",
        [JSON_IS_HUGE] = "a number",  [JSON_IS_REAL] = "a number",      [JSON_IS_STRING] = "a string",
        [JSON_IS_ARRAY] = "an array", [JSON_IS_OBJECT] = "an object",
    };
    struct sentence sentence = action_wrong(admission, CODE_WRONG_TYPE, action_field_name(field));
    sentence_add(&sentence, "expected %s, found %s", expected, found[admission->reading.values[field].kind]);
    return false;
}

/* "expected …, found "what came"". */
static bool
wrong_text(struct admission *admission, enum event_code code, enum action_field field, const char *expected)
{
    struct sentence sentence = action_wrong(admission, code, action_field_name(field));
    sentence_add(&sentence, "expected %s, found ", expected);
    sentence_quote(&sentence, admission->text[field]);
    return false;
}

/* --- Fields --- */

bool
action_take_string(struct admission *admission, enum action_field field)
{
    const struct json_value *value = &admission->reading.values[field];
    if (value->kind != JSON_IS_STRING)
        return wrong_kind(admission, field, "a string");
    admission->text[field] = value->text;
    if (value->escaped) {
        char *out = admission->strings + admission->strings_len;
        admission->text[field] = (struct span){out, json_unescape(value->text, out)};
        admission->strings_len += admission->text[field].len;
    }
    return true;
}

bool
action_take_id(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    if (id_is_valid(admission->text[field]))
        return true;
    return wrong_text(admission, CODE_BAD_ID, field, "an id of 1 to 64 letters, digits and . _ : -");
}

static bool
take_streamer(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    if (contest_find_streamer(admission->contest, admission->text[field]) != CONTEST_NONE)
        return true;
    return wrong_text(admission, CODE_UNKNOWN_STREAMER, field, "the id of a streamer of this contest");
}

static bool
take_judge(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    if (contest_find_judge(admission->contest, admission->text[field]) != CONTEST_NONE)
        return true;
    return wrong_text(admission, CODE_OUT_OF_RANGE, field, "the id of a judge of this contest's panel");
}

static bool
take_criterion(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    if (contest_find_criterion(admission->contest, admission->text[field]) != CONTEST_NONE)
        return true;
    return wrong_text(admission, CODE_OUT_OF_RANGE, field, "the id of a criterion of this contest's panel");
}

static bool
take_award(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    if (contest_find_award(admission->contest, admission->text[field]) != CONTEST_NONE)
        return true;
    return wrong_text(admission, CODE_OUT_OF_RANGE, field, "the id of an award of this contest");
}

static bool
take_reason(struct admission *admission, enum action_field field)
{
    if (!action_take_string(admission, field))
        return false;
    struct span reason = admission->text[field];
    bool good = reason.len >= 1 && reason.len <= LIMIT_REASON_BYTES && !memchr(reason.at, 0, reason.len);
    if (good)
        return true;
    return wrong_text(admission, CODE_OUT_OF_RANGE, field, "a reason of 1 to 500 bytes");
}

static bool
take_override(struct admission *admission, enum action_field field)
{
    if (admission->reading.values[field].kind == JSON_IS_BOOL)
        return true;
    return wrong_kind(admission, field, "true or false");
}

static bool
take_version(struct admission *admission, enum action_field field)
{
    const struct json_value *value = &admission->reading.values[field];
    if (value->kind != JSON_IS_INTEGER)
        return wrong_kind(admission, field, "a whole number");
    if (value->integer >= 1 && value->integer <= VERSION_MOST)
        return true;
    struct sentence sentence = action_wrong(admission, CODE_OUT_OF_RANGE, action_field_name(field));
    sentence_add(&sentence, "expected the number of a published version, found ");
    sentence_show(&sentence, value->text);
    return false;
}

/* [least, most] of the points, in thousandths; the criterion has been taken before. */
static void
points_range(const struct admission *admission, int64_t *least, int64_t *most)
{
    *least = -ADJUST_MOST_MILLI;
    *most = ADJUST_MOST_MILLI;
    if (admission->type != ACTION_SCORE)
        return;
    uint32_t criterion = contest_find_criterion(admission->contest, admission->text[FIELD_CRITERION]);
    assert(criterion != CONTEST_NONE);
    *least = 0;
    *most = admission->contest->criteria[criterion].max_milli;
}

static bool
take_points(struct admission *admission, enum action_field field)
{
    const struct json_value *value = &admission->reading.values[field];
    if (value->kind != JSON_IS_INTEGER && value->kind != JSON_IS_REAL && value->kind != JSON_IS_HUGE)
        return wrong_kind(admission, field, "a number");
    int64_t least, most;
    points_range(admission, &least, &most);
    if (decimal_read(value->text, 3, &admission->points_milli) && admission->points_milli >= least &&
        admission->points_milli <= most)
        return true;
    struct buf range = {0};
    struct json_out json = {.buf = &range};
    json_milli(&json, least);
    json.comma = false;
    buf_add_text(&range, " to ");
    json_milli(&json, most);
    struct sentence sentence = action_wrong(admission, CODE_OUT_OF_RANGE, "points");
    sentence_add(&sentence, "expected a number from %s with at most 3 decimals, found ", buf_text(&range));
    sentence_show(&sentence, value->text);
    buf_free(&range);
    return false;
}

/* --- Winners --- */

static bool
is_city(const struct contest *contest, struct span name)
{
    for (size_t i = 0; i < contest->city_count; i++) {
        if (span_is(name, contest->cities[i]))
            return true;
    }
    return false;
}

static bool
is_entity(const struct contest *contest, enum entity_kind kind, struct span id)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest_find_county(contest, id) != CONTEST_NONE;
    case ENTITY_STREAMER:
        return contest_find_streamer(contest, id) != CONTEST_NONE;
    case ENTITY_PRODUCT:
        return contest_find_product(contest, id) != CONTEST_NONE;
    case ENTITY_SESSION:
        return contest_find_session(contest, id) != CONTEST_NONE;
    case ENTITY_CITY:
        return is_city(contest, id);
    case ENTITY_DIVISION:
        return contest_find_division(contest, id) != CONTEST_NONE;
    }
    return false;
}

/* A ranking's award goes to what it ranks; a manual one to anybody and anything that takes part. */
static bool
may_win(const struct contest *contest, const struct award *award, struct span id)
{
    if (!award->manual)
        return is_entity(contest, contest->rankings[award->ranking].of, id);
    for (int kind = ENTITY_COUNTY; kind <= ENTITY_DIVISION; kind++) {
        if (is_entity(contest, (enum entity_kind)kind, id))
            return true;
    }
    return false;
}

static bool
was_before(struct json_cursor earlier, size_t count, struct span text)
{
    struct json_value item;
    for (size_t i = 0; i < count && action_next_item(&earlier, &item); i++) {
        if (span_eq(item.text, text))
            return true;
    }
    return false;
}

static bool
check_winner(struct admission *admission, const struct json_value *item, size_t at)
{
    const struct json_value *array = &admission->reading.values[FIELD_WINNERS];
    const struct contest *contest = admission->contest;
    uint32_t award = contest_find_award(contest, admission->text[FIELD_AWARD]);
    assert(award != CONTEST_NONE);
    if (item->kind != JSON_IS_STRING)
        return wrong_kind(admission, FIELD_WINNERS, "an array of ids only");
    char *unescaped = admission->strings + admission->strings_len;
    struct span id = item->text;
    if (item->escaped)
        id = (struct span){unescaped, json_unescape(item->text, unescaped)};
    bool known = may_win(contest, &contest->awards[award], id);
    if (known && !was_before(action_items(array), at, item->text))
        return true;
    struct sentence sentence = action_wrong(admission, CODE_OUT_OF_RANGE, "winners");
    sentence_add(&sentence, "expected %s, found ",
                 known ? "each winner once" : "ids of those who can win this award");
    sentence_quote(&sentence, id);
    return false;
}

static bool
take_winners(struct admission *admission, enum action_field field)
{
    const struct json_value *array = &admission->reading.values[field];
    if (array->kind != JSON_IS_ARRAY)
        return wrong_kind(admission, field, "an array of ids");
    struct json_cursor items = action_items(array);
    struct json_value item;
    size_t count = 0;
    for (; count <= LIMIT_WINNERS && action_next_item(&items, &item); count++) {
        if (!check_winner(admission, &item, count))
            return false;
    }
    if (count >= 1 && count <= LIMIT_WINNERS)
        return true;
    struct sentence sentence = action_wrong(admission, CODE_OUT_OF_RANGE, "winners");
    sentence_add(&sentence, "expected 1 to %d ids, found %s", LIMIT_WINNERS, count ? "more" : "none");
    return false;
}

static bool
take_list(struct admission *admission, enum action_field field)
{
    if (admission->reading.values[field].kind == JSON_IS_ARRAY)
        return true;
    return wrong_kind(admission, field, "an array of objects");
}

static bool (*const take_field[ACTION_FIELD_COUNT])(struct admission *, enum action_field) = {
    [FIELD_STREAMER] = take_streamer,   [FIELD_EVENT] = action_take_id, [FIELD_JUDGE] = take_judge,
    [FIELD_CRITERION] = take_criterion, [FIELD_AWARD] = take_award,     [FIELD_WINNERS] = take_winners,
    [FIELD_COUNTIES] = take_list,       [FIELD_PRODUCTS] = take_list,   [FIELD_STREAMERS] = take_list,
    [FIELD_SESSIONS] = take_list,       [FIELD_POINTS] = take_points,   [FIELD_OVERRIDE] = take_override,
    [FIELD_VERSION] = take_version,     [FIELD_REASON] = take_reason,
};

bool
action_has_field(const struct admission *admission, enum action_field field)
{
    const struct action_rule *rule = &action_rules[admission->type];
    unsigned wanted = rule->needed | rule->allowed | 1u << FIELD_REASON;
    return take_field[field] && (wanted & 1u << field) && admission->reading.given[field];
}

bool
action_take_field(struct admission *admission, enum action_field field)
{
    return take_field[field](admission, field);
}
