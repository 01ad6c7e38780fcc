/* What a version lists one by one: events, what was set aside, actions. */
#include "aggregator/version_words.h"

enum { PAPER_ROWS = 100 }; /* a spreadsheet has all of them */

/* --- Single events --- */

static const struct heading event_headings[] = {
    {"time", "时间", "Time", COLUMN_TEXT},
    {"streamer", "参赛主播", "Entrant", COLUMN_TEXT},
    {"id", "单号", "Event", COLUMN_TEXT},
    {"type", "类型", "Type", COLUMN_TEXT},
    {"product", "产品", "Product", COLUMN_TEXT},
    {"channel", "渠道", "Channel", COLUMN_TEXT},
    {"amount", "金额（元）", "Amount (yuan)", COLUMN_FEN},
    {"remaining", "退款后（元）", "After refunds", COLUMN_FEN},
    {"status", "状态", "Status", COLUMN_TEXT},
};

static void
add_event(const struct writer *writer, struct table *table, const struct moment_event *event)
{
    const struct contest *contest = writer->version->contest;
    bool sale = event->type == EVENT_ORDER_PAID;
    uint32_t product = event->product ? contest_find_product(contest, span_of(event->product)) : CONTEST_NONE;
    table_text(table, time_text(writer, event->time_ms));
    table_text(table, streamer_name(writer, span_of(event->streamer)));
    table_text(table, event->id);
    table_text(table, event_words(writer, event->type));
    table_text(table,
               product == CONTEST_NONE ? event->product : entity_name(writer, ENTITY_PRODUCT, product));
    table_text(table, sale ? channel_words(writer, event->offline) : NULL);
    if (event->type == EVENT_VIDEO_PUBLISHED)
        table_none(table);
    else
        table_number(table, event->amount_fen);
    if (sale)
        table_number(table, event->remaining_fen);
    else
        table_none(table);
    table_text(table, fate_words(writer, event->fate));
}

struct table *
version_events(const struct writer *writer, const char *id, const char *name,
               bool (*belongs)(const struct moment_event *event))
{
    const struct results_version *version = writer->version->version;
    struct table *table = add_table(writer, id, name, HEADINGS(event_headings));
    table->paper_rows = PAPER_ROWS;
    for (size_t i = 0; i < version->event_count; i++) {
        if (belongs(&version->events[i]))
            add_event(writer, table, &version->events[i]);
    }
    return table;
}

void
version_set_aside(const struct writer *writer)
{
    static const struct heading headings[] = {
        {"kind", "事项", "Matter", COLUMN_TEXT},
        {"streamer", "参赛主播", "Entrant", COLUMN_TEXT},
        {"event", "单号", "Event", COLUMN_TEXT},
        {"judge", "评委", "Judge", COLUMN_TEXT},
        {"criterion", "评分项", "Criterion", COLUMN_TEXT},
        {"award", "奖项", "Award", COLUMN_TEXT},
        {"rank", "名次", "Rank", COLUMN_COUNT},
    };
    const struct blocker_list *blockers = &writer->version->version->blockers;
    if (blockers->count == 0)
        return;
    struct table *table =
        add_table(writer, "set-aside", words(writer, "公布时搁置的事项", "Set aside at the publish"),
                  HEADINGS(headings));
    table->paper_rows = PAPER_ROWS;
    for (size_t i = 0; i < blockers->count; i++) {
        const struct blocker *blocker = &blockers->items[i];
        table_text(table, blocker_words(writer, blocker->kind));
        table_text(table, blocker->streamer ? streamer_name(writer, span_of(blocker->streamer)) : NULL);
        table_text(table, blocker->event);
        table_text(table, blocker->judge);
        table_text(table, blocker->criterion);
        table_text(table, blocker->award);
        if (blocker->kind == BLOCKER_TIE)
            table_number(table, blocker->rank);
        else
            table_none(table);
    }
}

/* --- Actions --- */

struct action_rows {
    const struct writer *writer;
    struct table *table;
    bool routine;
};

/* Marks and decisions about claims are many; they stand apart from what changes the rules or the results. */
static bool
is_routine(enum action_type type)
{
    return type == ACTION_SCORE || type == ACTION_APPROVE || type == ACTION_REJECT;
}

static void
add_action(const struct action *action, struct log_id at, void *arg)
{
    const struct action_rows *rows = arg;
    const struct writer *writer = rows->writer;
    struct table *table = rows->table;
    if (is_routine(action->type) != rows->routine)
        return;
    table_text(table, time_text(writer, (int64_t)at.ms));
    const char *type = action_words(writer, action->type);
    bool had_effect = !version_refusal_of(writer->version->version, action);
    table_text(table, had_effect ? type
                                 : cell_words(writer, kept_text(writer, "%s（未生效）", type),
                                              kept_text(writer, "%s (no effect)", type)));
    table_text(table, who_words(writer, action->actor));
    table_text(table, action->streamer.len ? streamer_name(writer, action->streamer) : NULL);
    table_text(table, action_subject(writer, action));
    if (action->type == ACTION_SCORE || action->type == ACTION_ADJUST)
        table_number(table, action->points_milli);
    else
        table_none(table);
    table_text(table, kept_text(writer, "%.*s", SPAN_FMT(action->reason)));
    table_text(table, kept_text(writer, "%.*s", SPAN_FMT(action->id)));
}

void
version_actions(const struct writer *writer, const char *id, const char *name, bool routine)
{
    static const struct heading headings[] = {
        {"time", "时间", "Time", COLUMN_TEXT},     {"type", "操作", "Action", COLUMN_TEXT},
        {"who", "操作人", "Who", COLUMN_TEXT},     {"streamer", "参赛主播", "Entrant", COLUMN_TEXT},
        {"about", "对象", "About", COLUMN_TEXT},   {"points", "分数", "Points", COLUMN_POINTS},
        {"reason", "理由", "Reason", COLUMN_TEXT}, {"id", "操作编号", "Id", COLUMN_TEXT},
    };
    struct action_rows rows = {writer, add_table(writer, id, name, HEADINGS(headings)), routine};
    rows.table->paper_rows = PAPER_ROWS;
    version_each_action(writer->version->version, add_action, &rows);
    long long total = version_action_total(writer->version->version);
    if (total > LIMIT_LISTED)
        rows.table->remark =
            words(writer, kept_text(writer, "操作共 %lld 项，此表取自最新 %d 项", total, LIMIT_LISTED),
                  kept_text(writer, "Of %lld actions in all the newest %d are listed", total, LIMIT_LISTED));
}
