/* Contests for tests: one small, complete file, and ways to load it changed in one place. */
#ifndef BOCHUANG_CONTEST_HARNESS_H
#define BOCHUANG_CONTEST_HARNESS_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/contest.h"

static const char small_contest[] =
    /*  1 */ "contest: small\n"
             /*  2 */ "title: 小赛\n"
             /*  3 */ "opens: 2021-11-26T08:00:00+08:00\n"
             /*  4 */ "closes: 2021-11-30T00:00:00+08:00\n"
             /*  5 */ "freezes: 2021-11-29T18:00:00+08:00\n"
             /*  6 */ "refunds_until: 2021-12-07T00:00:00+08:00\n"
             /*  7 */ "offline_needs_approval: true\n"
             /*  8 */ "counties:\n"
             /*  9 */ "  - {id: \"430223\", name: 攸县, city: 株洲市, province: 湖南省, tile: [1, 4]}\n"
             /* 10 */ "  - {id: \"431022\", name: 宜章县, city: 郴州市, province: 湖南省}\n"
             /* 11 */ "divisions:\n"
             /* 12 */ "  - {id: newcomer, name: 新人组}\n"
             /* 13 */ "products:\n"
             /* 14 */ "  - {id: tofu, name: 攸县香干, county: \"430223\", category: 加工制品}\n"
             /* 15 */ "streamers:\n"
             /* 16 */ "  - {id: yx-01, name: 攸县一队, county: \"430223\", division: newcomer}\n"
             /* 17 */ "  - {id: yz-01, name: 宜章一队, county: \"431022\"}\n"
             /* 18 */ "sessions:\n"
             /* 19 */ "  - {id: s-1, streamer: yx-01, platform: douyin, starts: 2021-11-26T19:00:00+08:00,\n"
             /* 20 */ "     ends: 2021-11-26T21:00:00+08:00}\n"
             /* 21 */ "panel:\n"
             /* 22 */ "  judges: [j1, j2]\n"
             /* 23 */ "  criteria: [{id: stage, name: 现场, max: 40}, {id: product, name: 讲解, max: 60.5}]\n"
             /* 24 */ "rankings:\n"
             /* 25 */ "  - {id: counties, name: 县域榜, of: county, by: net_fen}\n"
             /* 26 */ "  - id: points\n"
             /* 27 */ "    name: 达人榜\n"
             /* 28 */ "    of: streamer\n"
             /* 29 */ "    division: newcomer\n"
             /* 30 */ "    score:\n"
             /* 31 */ "      - {metric: net_fen, weight: 49.5, norm: ratio_to_max}\n"
             /* 32 */ "      - {metric: orders, weight: 20, norm: rank_step, step: 0.125}\n"
             /* 33 */ "      - {metric: viewers, weight: 10, norm: per_unit, unit: 1000, each: 0.25}\n"
             /* 34 */ "      - {judges: trimmed_mean, weight: 20.5}\n"
             /* 35 */ "    ties: [orders, reached_at]\n"
             /* 36 */ "  - {id: products, name: 产品榜, of: product, by: quantity}\n"
             /* 37 */ "awards:\n"
             /* 38 */ "  - {id: first, name: 一等奖, ranking: points, from: 1, to: 2}\n"
             /* 39 */ "  - {id: organiser, name: 最佳组织奖, manual: true}\n";

/* `text` with the first `from` in it replaced by `to`; for free(). The text must have it. (Inlined into one
 * another, two calls look to GCC 12 as if the text of the second were a dead local of the first.) */
static __attribute__((unused, noinline)) char *
changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert(at);
    char *out = NULL;
    if (asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) < 0)
        abort();
    return out;
}

/* A contest that must be right. */
static __attribute__((unused)) struct contest *
load_good(const char *text)
{
    struct errors errors = {0};
    struct contest *contest = contest_load(span_of(text), &errors);
    for (size_t i = 0; i < errors.count; i++)
        fprintf(stderr, "%d: %s: %s\n", errors.items[i].line, errors.items[i].field, errors.items[i].message);
    assert(contest && errors.count == 0);
    errors_free(&errors);
    return contest;
}

/* Its JSON; for free(). */
static __attribute__((unused)) char *
json_of(const struct contest *contest)
{
    struct buf json = {0};
    contest_to_json(contest, &json);
    char *text = strdup(buf_text(&json));
    buf_free(&json);
    return text;
}

#endif
