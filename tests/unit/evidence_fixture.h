/*
 * A small contest with some of everything, as logs of its shards and as an evidence file in memory: sales,
 * refunds, a tie, marks, an adjustment, a void, a freeze, two publishes and a finalise.
 */
#ifndef BOCHUANG_TESTS_EVIDENCE_FIXTURE_H
#define BOCHUANG_TESTS_EVIDENCE_FIXTURE_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/evidence_check.h"
#include "common/action.h"
#include "common/contest.h"
#include "common/event.h"
#include "common/wire.h"

enum { FIXTURE_ENTRIES_MOST = 256 };

static const char fixture_contest[] =
    "{contest: tea-2021, title: 试茶, opens: 2021-11-26T08:00:00+08:00, closes: 2021-11-30T00:00:00+08:00,\n"
    " counties: [{id: \"430223\", name: 攸县}, {id: \"431022\", name: 宜章县}],\n"
    " products: [{id: tofu, name: 香干, county: \"430223\"}],\n"
    " streamers: [{id: yx-01, name: 一队, county: \"430223\"}, {id: yx-02, name: 二队, county: \"430223\"},\n"
    "  {id: yz-01, name: 三队, county: \"431022\"}],\n"
    " sessions: [{id: s-1, streamer: yx-01, platform: douyin, starts: 2021-11-26T08:00:00+08:00, ends: "
    "2021-11-26T10:00:00+08:00},\n"
    "  {id: s-2, streamer: yx-02, platform: douyin, starts: 2021-11-26T08:00:00+08:00, ends: "
    "2021-11-26T10:00:00+08:00},\n"
    "  {id: s-3, streamer: yz-01, platform: kuaishou, starts: 2021-11-26T08:00:00+08:00, ends: "
    "2021-11-26T10:00:00+08:00}],\n"
    " panel: {judges: [j1], criteria: [{id: stage, name: 现场, max: 40}]},\n"
    " rankings: [{id: counties, name: 县域榜, of: county, by: net_fen},\n"
    "  {id: streamers, name: 达人榜, of: streamer, score: [{metric: net_fen, weight: 70, norm: "
    "ratio_to_max}, {judges: trimmed_mean, weight: 30}]}],\n"
    " awards: [{id: first, name: 一等奖, ranking: streamers, from: 1, to: 1}]}\n";

struct fixture_entry {
    uint32_t shard;
    struct log_id id;
    enum log_kind kind;
    struct buf payload; /* owned */
};

struct fixture {
    struct contest *contest; /* held */
    uint32_t shard_count;
    uint64_t next_ms;
    struct fixture_entry entries[FIXTURE_ENTRIES_MOST];
    size_t count;
};

static inline void
fixture_put(struct fixture *fixture, uint32_t shard, enum log_kind kind, struct span payload)
{
    assert(fixture->count < FIXTURE_ENTRIES_MOST);
    struct fixture_entry *entry = &fixture->entries[fixture->count++];
    *entry = (struct fixture_entry){.shard = shard, .id = {fixture->next_ms, 0}, .kind = kind};
    buf_add_span(&entry->payload, payload);
}

static inline void
fixture_everywhere(struct fixture *fixture, enum log_kind kind, struct span payload)
{
    fixture->next_ms++;
    for (uint32_t shard = 0; shard < fixture->shard_count; shard++)
        fixture_put(fixture, shard, kind, payload);
}

/* One event as posted, of a streamer's, as an entry of its own in the log of `shard` (-1: where it belongs).
 */
static inline void
fixture_event(struct fixture *fixture, const char *streamer, const char *json, int shard)
{
    char scratch[1024];
    struct event_item item;
    struct event_body body = {.items = &item, .capacity = 1, .scratch = {scratch, sizeof scratch}};
    struct buf blob = {0};
    bool read = event_decode_body(BODY_JSON, span_of(json), &body) == BODY_READ && body.count == 1 &&
                item.code == CODE_OK;
    assert(read);
    wire_put_event(&blob, &item.event);
    fixture->next_ms++;
    uint32_t belongs_to = contest_shard_of(streamer, fixture->shard_count);
    fixture_put(fixture, shard < 0 ? belongs_to : (uint32_t)shard, LOG_EVENTS, buf_span(&blob));
    buf_free(&blob);
}

static inline void
fixture_sale(struct fixture *fixture, const char *streamer, const char *session, const char *id,
             int amount_fen)
{
    char json[512];
    snprintf(
        json, sizeof json,
        "{\"id\":\"%s\",\"type\":\"order.paid\",\"time\":\"2021-11-26T08:30:00+08:00\",\"session\":\"%s\","
        "\"product\":\"tofu\",\"quantity\":1,\"amount_fen\":%d}",
        id, session, amount_fen);
    fixture_event(fixture, streamer, json, -1);
}

/* One action as posted; `who` is the token that acts. */
static inline void
fixture_action(struct fixture *fixture, const char *who, enum role role, const char *json)
{
    struct action_actor actor = {.role = role, .name = who};
    struct buf entry = {0};
    struct event_error error;
    char id[65];
    enum action_verdict verdict = action_admit(fixture->contest, &actor, span_of(json), &entry, id, &error);
    if (verdict != ACTION_ADMITTED)
        fprintf(stderr, "%s: %s\n", json, error.message);
    assert(verdict == ACTION_ADMITTED);
    fixture_everywhere(fixture, LOG_ACTION, buf_span(&entry));
    buf_free(&entry);
}

/* The contest's document alone. */
static inline void
fixture_begin(struct fixture *fixture, uint32_t shard_count, const char *contest)
{
    struct errors errors = {0};
    struct buf document = {0};
    *fixture = (struct fixture){.shard_count = shard_count, .next_ms = 1637884800000};
    fixture->contest = contest_load(span_of(contest), &errors);
    assert(fixture->contest);
    contest_to_json(fixture->contest, &document);
    fixture_everywhere(fixture, LOG_DOCUMENT, buf_span(&document));
    buf_free(&document);
}

static inline void
fixture_play(struct fixture *fixture)
{
    static const char refund[] = "{\"id\":\"r-1\",\"type\":\"order.refunded\",\"time\":\"2021-11-26T09:00:00+"
                                 "08:00\",\"session\":\"s-1\","
                                 "\"of\":\"a-1\",\"amount_fen\":100}";
    static const char parked[] =
        "{\"id\":\"r-2\",\"type\":\"order.cancelled\",\"time\":\"2021-11-26T09:00:00+08:00\","
        "\"session\":\"s-2\",\"of\":\"never\"}";
    fixture_sale(fixture, "yx-01", "s-1", "a-1", 1100);
    fixture_sale(fixture, "yx-02", "s-2", "a-1", 1000);
    fixture_sale(fixture, "yx-02", "s-2", "a-2", 77);
    fixture_sale(fixture, "yz-01", "s-3", "a-1", 5);
    fixture_event(fixture, "yx-01", refund, -1);
    fixture_event(fixture, "yx-02", parked, -1);
    fixture_action(fixture, "judge aa", ROLE_JUDGE, "{\"id\":\"z-1\",\"type\":\"freeze\"}");
    fixture_sale(fixture, "yz-01", "s-3", "a-2", 600);
    fixture_action(
        fixture, "judge aa", ROLE_JUDGE,
        "{\"id\":\"z-2\",\"type\":\"void\",\"streamer\":\"yx-02\",\"event\":\"a-2\",\"reason\":\"刷单\"}");
    fixture_action(fixture, "judge aa", ROLE_JUDGE,
                   "{\"id\":\"z-3\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yz-01\",\"criterion\":"
                   "\"stage\",\"points\":36.5}");
    fixture_action(
        fixture, "judge aa", ROLE_JUDGE,
        "{\"id\":\"z-4\",\"type\":\"adjust\",\"streamer\":\"yx-01\",\"points\":-1.5,\"reason\":\"迟到\"}");
    fixture_action(fixture, "organiser cc", ROLE_ORGANISER, "{\"id\":\"z-5\",\"type\":\"close\"}");
    fixture_action(fixture, "judge aa", ROLE_JUDGE,
                   "{\"id\":\"z-6\",\"type\":\"publish\",\"override\":true,\"reason\":\"公示\"}");
    fixture_action(fixture, "judge aa", ROLE_JUDGE,
                   "{\"id\":\"z-7\",\"type\":\"disqualify\",\"streamer\":\"yx-01\",\"reason\":\"申诉\"}");
    fixture_action(fixture, "judge aa", ROLE_JUDGE,
                   "{\"id\":\"z-8\",\"type\":\"publish\",\"override\":true,\"reason\":\"更正\"}");
    fixture_action(fixture, "judge bb", ROLE_JUDGE,
                   "{\"id\":\"z-9\",\"type\":\"finalise\",\"reason\":\"期满\"}");
}

static inline void
fixture_free(struct fixture *fixture)
{
    for (size_t i = 0; i < fixture->count; i++)
        buf_free(&fixture->entries[i].payload);
    contest_release(fixture->contest);
}

/* --- As a file --- */

static inline void
fixture_key(uint8_t seed_byte, uint8_t key[EVIDENCE_KEY_BYTES], uint8_t secret[crypto_sign_SECRETKEYBYTES])
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    memset(seed, seed_byte, sizeof seed);
    crypto_sign_seed_keypair(key, secret, seed);
}

static inline bool
fixture_append(struct span bytes, void *arg)
{
    buf_add_span(arg, bytes);
    return true;
}

/* The evidence of these logs, signed by the key of `seed_byte`; false, and `trouble`, where there is none. */
static inline bool
fixture_write(const struct fixture *fixture, uint8_t seed_byte, struct buf *file, struct buf *trouble)
{
    struct evidence_writer writer;
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    fixture_key(seed_byte, key, secret);
    evidence_writer_init(&writer, span_of(fixture->contest->id), fixture->shard_count, 7, fixture_append,
                         file);
    bool good = true;
    for (uint32_t shard = 0; shard < fixture->shard_count && good; shard++) {
        for (size_t i = 0; i < fixture->count && good; i++) {
            const struct fixture_entry *made = &fixture->entries[i];
            struct log_entry entry = {made->id, made->kind, buf_span(&made->payload)};
            good = made->shard != shard || evidence_write_entry(&writer, &entry, trouble);
        }
        good = good && evidence_write_head(&writer, trouble);
    }
    good = good && evidence_write_end(&writer, secret, trouble);
    evidence_writer_free(&writer);
    return good;
}

/* Checks a file in pieces of `piece` bytes. */
static inline struct evidence_verdict
fixture_check(struct span file, const uint8_t *wanted_key, size_t piece)
{
    struct evidence_check *check = evidence_check_new(file.len, wanted_key, 11);
    for (size_t at = 0; at < file.len; at += piece)
        evidence_check_add(check, (struct span){file.at + at, file.len - at < piece ? file.len - at : piece});
    struct evidence_verdict verdict = *evidence_check_end(check);
    evidence_check_free(check);
    return verdict;
}

#endif
