#include "aggregator/version_words.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/json_out.h"

/* --- Text --- */

const char *
kept_text(const struct writer *writer, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    return report_keep(writer->report, len < 0 ? NULL : text);
}

const char *
words(const struct writer *writer, const char *zh, const char *en)
{
    if (writer->language == LANGUAGE_ZH || !en || !*en)
        return zh;
    return writer->language == LANGUAGE_EN ? en : kept_text(writer, "%s\n%s", zh, en);
}

const char *
cell_words(const struct writer *writer, const char *zh, const char *en)
{
    return writer->language == LANGUAGE_EN && en && *en ? en : zh;
}

const char *
time_text(const struct writer *writer, int64_t ms)
{
    char text[40];
    clock_format_rfc3339(text, sizeof text, ms - ms % 1000, writer->version->contest->utc_offset_min);
    return kept_text(writer, "%.10s %.8s", text, text + 11);
}

const char *
zone_text(const struct writer *writer)
{
    int minutes = writer->version->contest->utc_offset_min, size = abs(minutes);
    return kept_text(writer, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

const char *
milli_text(const struct writer *writer, int64_t milli)
{
    struct buf text = {0};
    json_milli(&(struct json_out){.buf = &text}, milli);
    const char *kept = kept_text(writer, "%s", buf_text(&text));
    buf_free(&text);
    return kept;
}

/* --- Words --- */

struct word {
    const char *zh, *en;
};

static const char *
heading_of(const struct writer *writer, const struct word *word)
{
    return words(writer, word->zh, word->en);
}

static const char *
cell_of(const struct writer *writer, const struct word *word)
{
    return cell_words(writer, word->zh, word->en);
}

const char *
metric_words(const struct writer *writer, enum metric metric)
{
    static const struct word all[METRIC_COUNT] = {
        [METRIC_GROSS] = {"销售总额（元）", "Gross sales (yuan)"},
        [METRIC_REFUNDED] = {"退款（元）", "Refunded (yuan)"},
        [METRIC_NET] = {"净销售额（元）", "Net sales (yuan)"},
        [METRIC_ONLINE_NET] = {"线上净额（元）", "Online net (yuan)"},
        [METRIC_OFFLINE_NET] = {"线下净额（元）", "Offline net (yuan)"},
        [METRIC_ORDERS] = {"订单数", "Orders"},
        [METRIC_ORDERS_KEPT] = {"未全退订单", "Orders kept"},
        [METRIC_QUANTITY] = {"件数", "Quantity"},
        [METRIC_SESSIONS] = {"直播场次", "Sessions"},
        [METRIC_VIDEOS] = {"短视频", "Videos"},
        [METRIC_VIEWERS] = {"观看人数", "Viewers"},
        [METRIC_LIKES] = {"点赞", "Likes"},
        [METRIC_FOLLOWERS] = {"新增粉丝", "Followers"},
        [METRIC_COMMENTS] = {"评论", "Comments"},
        [METRIC_REACHED_AT] = {"达到时间", "Reached at"},
    };
    return heading_of(writer, &all[metric]);
}

enum column_kind
metric_kind(enum metric metric)
{
    assert((int)metric < METRIC_SUM_COUNT);
    return metric <= METRIC_OFFLINE_NET ? COLUMN_FEN : COLUMN_COUNT;
}

const char *
entity_words(const struct writer *writer, enum entity_kind kind)
{
    static const struct word all[] = {
        [ENTITY_COUNTY] = {"县（市、区）", "County"},
        [ENTITY_STREAMER] = {"参赛主播", "Entrant"},
        [ENTITY_PRODUCT] = {"产品", "Product"},
        [ENTITY_SESSION] = {"场次", "Session"},
        [ENTITY_CITY] = {"市", "City"},
        [ENTITY_DIVISION] = {"组别", "Division"},
    };
    return heading_of(writer, &all[kind]);
}

const char *
event_words(const struct writer *writer, enum event_type type)
{
    switch (type) {
    case EVENT_ORDER_PAID:
        return cell_words(writer, "销售", "sale");
    case EVENT_ORDER_REFUNDED:
        return cell_words(writer, "退款", "refund");
    case EVENT_ORDER_CANCELLED:
        return cell_words(writer, "取消", "cancellation");
    case EVENT_VIDEO_PUBLISHED:
        return cell_words(writer, "短视频", "video");
    default:
        return event_type_name(type);
    }
}

const char *
fate_words(const struct writer *writer, enum fate fate)
{
    static const struct word all[] = {
        [FATE_COUNTED] = {"已计入", "counted"},   [FATE_PENDING] = {"待审核", "pending"},
        [FATE_PARKED] = {"待订单", "parked"},     [FATE_REFUSED] = {"未计入", "refused"},
        [FATE_REJECTED] = {"已驳回", "rejected"}, [FATE_VOIDED] = {"已作废", "voided"},
    };
    return cell_of(writer, &all[fate]);
}

const char *
channel_words(const struct writer *writer, bool offline)
{
    return offline ? cell_words(writer, "线下", "offline") : cell_words(writer, "线上", "online");
}

const char *
blocker_words(const struct writer *writer, enum blocker_kind kind)
{
    static const struct word all[BLOCKER_COUNT] = {
        [BLOCKER_OPEN] = {"比赛未关闭", "Contest open"},
        [BLOCKER_PARKED] = {"找不到订单的退款", "Refund without its sale"},
        [BLOCKER_PENDING] = {"未审核的线下申报", "Offline claim not decided"},
        [BLOCKER_MARK] = {"缺少评委打分", "Missing mark"},
        [BLOCKER_TIE] = {"奖项边界并列未决", "Undecided tie at an award"},
    };
    return cell_of(writer, &all[kind]);
}

const char *
action_words(const struct writer *writer, enum action_type type)
{
    static const struct word all[ACTION_TYPE_COUNT] = {
        [ACTION_FREEZE] = {"封榜", "freeze"},
        [ACTION_THAW] = {"解封", "thaw"},
        [ACTION_CLOSE] = {"关闭", "close"},
        [ACTION_REOPEN] = {"重开", "reopen"},
        [ACTION_APPROVE] = {"批准", "approve"},
        [ACTION_REJECT] = {"驳回", "reject"},
        [ACTION_VOID] = {"作废", "void"},
        [ACTION_RESTORE] = {"恢复", "restore"},
        [ACTION_DISQUALIFY] = {"取消资格", "disqualify"},
        [ACTION_REINSTATE] = {"恢复资格", "reinstate"},
        [ACTION_SCORE] = {"打分", "score"},
        [ACTION_ADJUST] = {"加减分", "adjust"},
        [ACTION_REGISTER] = {"登记", "register"},
        [ACTION_AWARD] = {"评奖", "award"},
        [ACTION_PUBLISH] = {"公布", "publish"},
        [ACTION_FINALISE] = {"定稿", "finalise"},
    };
    return cell_of(writer, &all[type]);
}

const char *
who_words(const struct writer *writer, struct span actor)
{
    static const struct word roles[] = {{"评委", "judge"}, {"主办方", "organiser"}, {"按计划", "schedule"}};
    const char *end = actor.len > 0 ? memchr(actor.at, ' ', actor.len) : NULL;
    struct span role = {actor.at, end ? (size_t)(end - actor.at) : actor.len};
    struct span rest = {role.at + role.len, actor.len - role.len};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (span_is(role, roles[i].en))
            return kept_text(writer, "%s%.*s", cell_of(writer, &roles[i]), SPAN_FMT(rest));
    return kept_text(writer, "%.*s", SPAN_FMT(actor));
}

const char *
action_subject(const struct writer *writer, const struct action *action)
{
    struct buf text = {0};
    if (action->event.len)
        buf_add_span(&text, action->event);
    if (action->judge.len)
        buf_printf(&text, "%.*s / %.*s", SPAN_FMT(action->judge), SPAN_FMT(action->criterion));
    if (action->award.len)
        buf_printf(&text, "%.*s:", SPAN_FMT(action->award));
    for (size_t i = 0; i < action->winner_count; i++)
        buf_printf(&text, " %.*s", SPAN_FMT(action->winners[i]));
    const char *kept = text.len ? kept_text(writer, "%s", buf_text(&text)) : NULL;
    buf_free(&text);
    return kept;
}

/* --- Tables --- */

const enum metric county_metrics[COUNTY_METRIC_COUNT] = {
    METRIC_NET,      METRIC_ONLINE_NET, METRIC_OFFLINE_NET, METRIC_GROSS,
    METRIC_REFUNDED, METRIC_ORDERS,     METRIC_SESSIONS,    METRIC_VIDEOS,
};
const enum metric sales_metrics[SALES_METRIC_COUNT] = {
    METRIC_NET,      METRIC_ONLINE_NET, METRIC_OFFLINE_NET, METRIC_GROSS,
    METRIC_REFUNDED, METRIC_ORDERS,     METRIC_QUANTITY,
};
/* A group of sales has only the first of them. */
const enum metric detail_metrics[WHOLE_DETAIL_COUNT] = {
    METRIC_ORDERS_KEPT, METRIC_QUANTITY, METRIC_VIEWERS, METRIC_LIKES, METRIC_FOLLOWERS, METRIC_COMMENTS,
};

struct table *
add_table(const struct writer *writer, const char *id, const char *name, const struct heading *headings,
          size_t count)
{
    struct columns columns = {0};
    for (size_t i = 0; i < count; i++)
        column_add(&columns, headings[i].key, words(writer, headings[i].zh, headings[i].en),
                   headings[i].kind);
    return add_columns(writer, id, name, &columns);
}

void
column_add(struct columns *columns, const char *key, const char *title, enum column_kind kind)
{
    assert(columns->count < COLUMNS_MOST);
    columns->list[columns->count++] = (struct column){key, title, kind};
}

void
columns_add_metrics(const struct writer *writer, struct columns *columns, const enum metric *metrics,
                    size_t count)
{
    for (size_t i = 0; i < count; i++)
        column_add(columns, metric_name(metrics[i]), metric_words(writer, metrics[i]),
                   metric_kind(metrics[i]));
}

struct table *
add_columns(const struct writer *writer, const char *id, const char *name, const struct columns *columns)
{
    size_t bytes = columns->count * sizeof *columns->list;
    struct column *kept = report_keep(writer->report, malloc(bytes));
    memcpy(kept, columns->list, bytes);
    return report_table(writer->report, id, name, kept, columns->count);
}

void
table_metrics(struct table *table, const struct figures *figures, const enum metric *metrics, size_t count)
{
    for (size_t i = 0; i < count; i++)
        table_number(table, figures->value[metrics[i]]);
}
