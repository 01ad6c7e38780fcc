#include "aggregator/version_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/version_words.h"
#include "common/clock.h"
#include "common/money.h"

const char *
report_language_name(enum report_language language)
{
    static const char *const names[LANGUAGE_COUNT] = {
#define X(constant, name) [constant] = name,
        REPORT_LANGUAGES(X)
#undef X
    };
    return names[language];
}

enum report_language
report_language_find(struct span name)
{
    int language = 0;
    while (language < LANGUAGE_COUNT && !span_is(name, report_language_name((enum report_language)language)))
        language++;
    return (enum report_language)language;
}

/* --- The cover --- */

static void
fact_text(const struct writer *writer, struct table *table, const char *zh, const char *en, const char *value)
{
    table_text(table, words(writer, zh, en));
    table_text(table, value);
}

static void
fact_number(const struct writer *writer, struct table *table, const char *zh, const char *en,
            enum column_kind kind, int64_t value)
{
    table_text(table, words(writer, zh, en));
    table_number_of(table, kind, value);
}

static void
add_communique(const struct writer *writer, struct table *table)
{
    const struct totals *totals = &writer->version->totals;
    static const enum metric metrics[] = {METRIC_VIDEOS,     METRIC_SESSIONS,    METRIC_NET,
                                          METRIC_ONLINE_NET, METRIC_OFFLINE_NET, METRIC_GROSS,
                                          METRIC_REFUNDED,   METRIC_ORDERS};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        table_text(table, metric_words(writer, metrics[i]));
        table_number_of(table, metric_kind(metrics[i]), totals->figures.value[metrics[i]]);
    }
    fact_number(writer, table, "有销售的县（市、区）", "Counties with sales", COLUMN_COUNT,
                totals->counties_active);
    fact_number(writer, table, "有销售的参赛主播", "Entrants with sales", COLUMN_COUNT,
                totals->streamers_active);
}

/* With several logs, each has its number. */
static const char *
shard_words(const struct writer *writer, const char *zh, const char *en, uint32_t shard)
{
    if (writer->version->version->standing.shard_count == 1)
        return words(writer, zh, en);
    return words(writer, kept_text(writer, "%s · 分片 %u", zh, shard),
                 kept_text(writer, "%s, shard %u", en, shard));
}

static void
add_chains(const struct writer *writer, struct table *table)
{
    const struct results_version *version = writer->version->version;
    for (uint32_t shard = 0; shard < version->standing.shard_count; shard++) {
        char hex[CHAIN_HEX_SIZE], id[LOG_ID_SIZE];
        chain_hex(&version->chains[shard], hex);
        log_id_format(id, version->standing.version[shard]);
        table_text(table, shard_words(writer, "日志位置", "Log position", shard));
        table_text(table, id);
        table_text(table, shard_words(writer, "日志哈希链头（SHA-256）", "Head of the hash chain", shard));
        table_text(table, hex);
    }
}

static void
add_publication(const struct writer *writer, struct table *table)
{
    const struct results_version *version = writer->version->version;
    fact_text(writer, table, "竞赛编号", "Contest", writer->version->contest->id);
    fact_number(writer, table, "结果版本", "Version of the results", COLUMN_COUNT, version->number);
    fact_text(writer, table, "时区", "Time zone", zone_text(writer));
    fact_text(writer, table, "公布时间", "Published at", time_text(writer, version->published_ms));
    fact_text(writer, table, "公布人", "Published by", who_words(writer, span_of(version->actor)));
    fact_text(writer, table, "公布理由", "Reason", version->reason[0] ? version->reason : NULL);
    fact_text(writer, table, "数据截至", "Figures as of",
              time_text(writer, standing_as_of_ms(&version->standing)));
}

static void
add_finality(const struct writer *writer, struct table *table)
{
    const struct results_version *version = writer->version->version;
    int64_t notice_until_ms = version_notice_until_ms(version);
    if (notice_until_ms)
        fact_text(writer, table, "公示期至", "Public notice until", time_text(writer, notice_until_ms));
    if (!version->final)
        return;
    fact_text(writer, table, "定稿时间", "Finalised at", time_text(writer, version->finalised_ms));
    fact_text(writer, table, "定稿人", "Finalised by", who_words(writer, span_of(version->finalised_by)));
    fact_text(writer, table, "定稿理由", "Reason for it", version->finalised_reason);
}

static void
add_cover(const struct writer *writer)
{
    static const struct heading headings[] = {{"item", "项目", "Item", COLUMN_TEXT},
                                              {"value", "内容", "Value", COLUMN_MIXED}};
    struct table *table =
        add_table(writer, "cover", words(writer, "公报数据", "Communiqué"), HEADINGS(headings));
    table->is_facts = true;
    add_communique(writer, table);
    table = add_table(writer, "publication", words(writer, "公布信息", "Publication"), HEADINGS(headings));
    table->is_facts = true;
    table->joined = true;
    add_publication(writer, table);
    add_finality(writer, table);
    add_chains(writer, table);
}

/* --- Awards --- */

static const char *
basis_of(const struct writer *writer, const struct award_result *result)
{
    if (result->undecided)
        return result->award->manual
                   ? cell_words(writer, "尚未评定", "not decided yet")
                   : cell_words(writer, "并列，评委会未决定", "tied, not decided by the panel");
    if (result->decided)
        return cell_words(writer, "评委会决定", "decided by the panel");
    return cell_words(writer, "按名次", "by rank");
}

static void
add_award_row(const struct writer *writer, struct table *table, const struct award_result *result,
              const struct award_winner *winner)
{
    table_text(table, cell_words(writer, result->award->name, result->award->name_en));
    table_text(table, winner ? winner_name(writer, winner) : NULL);
    table_text(table, winner ? winner->id : NULL);
    if (winner && winner->rank > 0)
        table_number(table, winner->rank);
    else
        table_none(table);
    table_text(table, basis_of(writer, result));
    table_text(table, result->reason);
}

static void
add_awards(const struct writer *writer)
{
    static const struct heading headings[] = {
        {"award", "奖项", "Award", COLUMN_TEXT},
        {"winner", "获奖者", "Winner", COLUMN_TEXT},
        {"id", "编号", "Id", COLUMN_TEXT},
        {"rank", "名次", "Rank", COLUMN_COUNT},
        {"basis", "依据", "Decided by", COLUMN_TEXT},
        {"reason", "理由", "Reason", COLUMN_TEXT},
    };
    const struct results_version *version = writer->version->version;
    struct table *table =
        add_table(writer, "awards", words(writer, "获奖名单", "Awards"), HEADINGS(headings));
    for (size_t i = 0; i < version->award_count; i++) {
        const struct award_result *result = &version->awards[i];
        for (size_t winner = 0; winner < result->winner_count; winner++)
            add_award_row(writer, table, result, &result->winners[winner]);
        if (result->winner_count == 0 || (result->undecided && !result->award->manual))
            add_award_row(writer, table, result, NULL);
    }
}

/* --- Figures of groups --- */

static void
add_rate(struct table *table, const struct figures *figures)
{
    int64_t rate_bp = refund_rate_bp(figures);
    if (rate_bp < 0)
        table_none(table);
    else
        table_number(table, rate_bp);
}

static void
add_counties(const struct writer *writer)
{
    const struct contest *contest = writer->version->contest;
    struct columns columns = {0};
    column_add(&columns, "name", words(writer, "县（市、区）", "County"), COLUMN_TEXT);
    column_add(&columns, "city", words(writer, "市", "City"), COLUMN_TEXT);
    column_add(&columns, "entrants", words(writer, "参赛主播", "Entrants"), COLUMN_COUNT);
    column_add(&columns, "active", words(writer, "有销售的", "with sales"), COLUMN_COUNT);
    columns_add_metrics(writer, &columns, county_metrics, COUNTY_METRIC_COUNT);
    column_add(&columns, "refund_rate_bp", words(writer, "退款率", "Refund rate"), COLUMN_PERCENT);
    column_add(&columns, "id", words(writer, "区划代码", "Code"), COLUMN_TEXT);
    size_t detail_from = columns.count;
    columns_add_metrics(writer, &columns, detail_metrics, WHOLE_DETAIL_COUNT);
    struct table *table = add_columns(writer, "counties", words(writer, "县域数据", "Counties"), &columns);
    table->detail_from = detail_from;
    for (size_t i = 0; i < writer->version->counties.count; i++) {
        const struct report_row *row = &writer->version->counties.rows[i];
        table_text(table, entity_name(writer, ENTITY_COUNTY, row->entity));
        table_text(table, contest->counties[row->entity].city);
        table_number(table, row->entrants);
        table_number(table, row->active);
        table_metrics(table, &row->figures, county_metrics, COUNTY_METRIC_COUNT);
        add_rate(table, &row->figures);
        table_text(table, row->id);
        table_metrics(table, &row->figures, detail_metrics, WHOLE_DETAIL_COUNT);
    }
}

static void
add_products(const struct writer *writer)
{
    const struct contest *contest = writer->version->contest;
    struct columns columns = {0};
    column_add(&columns, "name", words(writer, "产品", "Product"), COLUMN_TEXT);
    column_add(&columns, "origin", words(writer, "产地", "Origin"), COLUMN_TEXT);
    column_add(&columns, "category", words(writer, "品类", "Category"), COLUMN_TEXT);
    columns_add_metrics(writer, &columns, sales_metrics, SALES_METRIC_COUNT);
    column_add(&columns, "refund_rate_bp", words(writer, "退款率", "Refund rate"), COLUMN_PERCENT);
    size_t detail_from = columns.count;
    columns_add_metrics(writer, &columns, detail_metrics, SALES_DETAIL_COUNT);
    column_add(&columns, "id", words(writer, "编号", "Id"), COLUMN_TEXT);
    struct table *table = add_columns(writer, "products", words(writer, "产品数据", "Products"), &columns);
    table->detail_from = detail_from;
    for (size_t i = 0; i < writer->version->products.count; i++) {
        const struct report_row *row = &writer->version->products.rows[i];
        const struct product *product = &contest->products[row->entity];
        table_text(table, entity_name(writer, ENTITY_PRODUCT, row->entity));
        table_text(table, entity_name(writer, ENTITY_COUNTY, product->county));
        table_text(table, product->category);
        table_metrics(table, &row->figures, sales_metrics, SALES_METRIC_COUNT);
        add_rate(table, &row->figures);
        table_metrics(table, &row->figures, detail_metrics, SALES_DETAIL_COUNT);
        table_text(table, row->id);
    }
}

static void
add_streamers(const struct writer *writer)
{
    const struct version_report *version = writer->version;
    struct columns columns = {0};
    column_add(&columns, "name", words(writer, "参赛主播", "Entrant"), COLUMN_TEXT);
    column_add(&columns, "county", words(writer, "县（市、区）", "County"), COLUMN_TEXT);
    columns_add_metrics(writer, &columns, county_metrics, COUNTY_METRIC_COUNT);
    column_add(&columns, "id", words(writer, "编号", "Id"), COLUMN_TEXT);
    column_add(&columns, "disqualified", words(writer, "资格", "Standing"), COLUMN_TEXT);
    size_t detail_from = columns.count;
    columns_add_metrics(writer, &columns, detail_metrics, WHOLE_DETAIL_COUNT);
    struct table *table =
        add_columns(writer, "streamers", words(writer, "参赛主播数据", "Entrants"), &columns);
    table->detail_from = detail_from;
    for (size_t i = 0; i < version->streamers.count; i++) {
        const struct report_row *row = &version->streamers.rows[i];
        bool out = standing_disqualified(&version->version->standing, row->entity);
        table_text(table, entity_name(writer, ENTITY_STREAMER, row->entity));
        table_text(table, county_name(writer, row->entity));
        table_metrics(table, &row->figures, county_metrics, COUNTY_METRIC_COUNT);
        table_text(table, row->id);
        table_text(table, out ? cell_words(writer, "取消资格", "disqualified") : "");
        table_metrics(table, &row->figures, detail_metrics, WHOLE_DETAIL_COUNT);
    }
}

static void
add_refunds(const struct writer *writer)
{
    static const enum metric metrics[] = {METRIC_GROSS, METRIC_REFUNDED, METRIC_NET, METRIC_ORDERS,
                                          METRIC_ORDERS_KEPT};
    enum { COUNT = sizeof metrics / sizeof *metrics };
    const struct version_report *version = writer->version;
    struct columns columns = {0};
    column_add(&columns, "name", words(writer, "参赛主播", "Entrant"), COLUMN_TEXT);
    column_add(&columns, "county", words(writer, "县（市、区）", "County"), COLUMN_TEXT);
    columns_add_metrics(writer, &columns, metrics, COUNT);
    column_add(&columns, "refund_rate_bp", words(writer, "退款率", "Refund rate"), COLUMN_PERCENT);
    struct table *table = add_columns(writer, "refunds", words(writer, "退款情况", "Refunds"), &columns);
    for (size_t i = 0; i < version->streamers.count; i++) {
        const struct report_row *row = &version->streamers.rows[i];
        if (row->figures.value[METRIC_REFUNDED] == 0)
            continue;
        table_text(table, entity_name(writer, ENTITY_STREAMER, row->entity));
        table_text(table, county_name(writer, row->entity));
        table_metrics(table, &row->figures, metrics, COUNT);
        add_rate(table, &row->figures);
    }
}

/* --- The document --- */

static const char *
headline(const struct writer *writer)
{
    const struct figures *figures = &writer->version->totals.figures;
    const int64_t *value = figures->value;
    struct buf net = {0}, online = {0}, offline = {0};
    money_add_wan(&net, value[METRIC_NET]);
    money_add_wan(&online, value[METRIC_ONLINE_NET]);
    money_add_wan(&offline, value[METRIC_OFFLINE_NET]);
    const char *zh =
        kept_text(writer, "短视频 %lld 个，直播 %lld 场，累计线上线下销售 %s（线上 %s，线下 %s）",
                  (long long)value[METRIC_VIDEOS], (long long)value[METRIC_SESSIONS], buf_text(&net),
                  buf_text(&online), buf_text(&offline));
    buf_clear(&net);
    money_add_yuan(&net, value[METRIC_NET]);
    const char *en =
        kept_text(writer,
                  "%lld short video%s, %lld livestream session%s, net sales of %s yuan online and offline",
                  (long long)value[METRIC_VIDEOS], value[METRIC_VIDEOS] == 1 ? "" : "s",
                  (long long)value[METRIC_SESSIONS], value[METRIC_SESSIONS] == 1 ? "" : "s", buf_text(&net));
    buf_free(&net);
    buf_free(&online);
    buf_free(&offline);
    return words(writer, zh, en);
}

static const char *
status(const struct writer *writer)
{
    const struct results_version *version = writer->version->version;
    int number = version->number, newest = results_latest(version->among)->number;
    if (newest > number)
        return words(writer, kept_text(writer, "第 %d 版 · 已被第 %d 版取代", number, newest),
                     kept_text(writer, "Version %d · replaced by version %d", number, newest));
    if (version->final)
        return words(writer, kept_text(writer, "正式结果 · 第 %d 版", number),
                     kept_text(writer, "Final results · version %d", number));
    return words(writer, kept_text(writer, "公示结果（尚未定稿） · 第 %d 版", number),
                 kept_text(writer, "Provisional results (not final) · version %d", number));
}

struct report *
version_tables(const struct version_report *version, enum report_language language)
{
    struct report *report = report_new();
    struct writer writer = {report, version, language};
    const struct contest *contest = version->contest;
    report->contest = strdup(contest->id);
    if (!report->contest)
        abort();
    report->title = words(&writer, contest->title, contest->title_en);
    report->status = status(&writer);
    report->headline = headline(&writer);
    report->language = language == LANGUAGE_EN ? "en" : "zh-CN";
    report->english_too = language == LANGUAGE_BOTH;
    report->made_ms = version->version->published_ms;
    add_cover(&writer);
    add_awards(&writer);
    for (size_t i = 0; i < contest->ranking_count; i++)
        version_ranking(&writer, &version->rankings[i]);
    add_counties(&writer);
    add_products(&writer);
    add_streamers(&writer);
    add_refunds(&writer);
    version_events(&writer, "voided", words(&writer, "作废的记录", "Voided"), event_is_voided);
    version_events(&writer, "parked", words(&writer, "找不到订单的退款", "Refunds whose sale never came"),
                   event_is_parked);
    version_events(&writer, "claims", words(&writer, "线下申报", "Offline claims"), event_is_claim);
    version_set_aside(&writer);
    version_actions(&writer, "actions", words(&writer, "操作记录", "Actions"), false);
    version_actions(&writer, "marks", words(&writer, "打分与审核记录", "Marks and approvals"), true);
    return report;
}
