#include "cli/verify_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "aggregator/tally.h"
#include "cli/evidence_key.h"
#include "common/clock.h"
#include "common/json_out.h"
#include "common/money.h"

/* --- For people --- */

static void
print_chains(const struct recount *recount)
{
    for (uint32_t i = 0; i < recount->shard_count; i++) {
        char head[CHAIN_HEX_SIZE];
        chain_hex(fold_chain(recount->folds[i]), head);
        if (recount->shard_count == 1)
            printf("  chain      %s\n", head);
        else
            printf("  %-9s  %s  (shard %" PRIu32 ")\n", i == 0 ? "chains" : "", head, i);
    }
}

/* What stands on the cover of a version's files, so that a paper in the hand can be held against the file. */
static void
print_cover(const struct results_version *version)
{
    struct totals totals;
    struct buf net = {0};
    totals_make(&version->standing, &totals);
    const int64_t *value = totals.figures.value;
    money_add_yuan(&net, value[METRIC_NET]);
    printf("             net sales %s yuan, %" PRId64 " sessions, %" PRId64 " videos, %" PRId64 " orders\n",
           buf_text(&net), value[METRIC_SESSIONS], value[METRIC_VIDEOS], value[METRIC_ORDERS]);
    for (uint32_t i = 0; i < version->standing.shard_count; i++) {
        char head[CHAIN_HEX_SIZE];
        chain_hex(&version->chains[i], head);
        printf("             head of the chain then %s\n", head);
    }
    buf_free(&net);
}

static void
print_versions(const struct recount *recount)
{
    const struct results *results = &recount->results;
    int utc_offset_min = fold_live(recount->folds[0])->contest->utc_offset_min;
    for (size_t i = 0; i < results->version_count; i++) {
        const struct results_version *version = results->versions[i];
        char published[40];
        clock_format_rfc3339(published, sizeof published, version->published_ms / 1000 * 1000,
                             utc_offset_min);
        printf("  version %d  published %s%s: every figure follows from the log\n", version->number,
               published, version->final ? ", final" : "");
        print_cover(version);
    }
    printf("  totals     every figure follows from the log%s\n",
           results->version_count == 0 ? "; nothing was published" : "");
}

static void
print_signature(const struct evidence_verdict *verdict, bool pinned)
{
    char key[EVIDENCE_KEY_HEX_SIZE];
    evidence_key_hex(verdict->key, key);
    if (!verdict->has_key)
        puts("  signature  there is none");
    else if (!verdict->is_signed)
        puts("  signature  does not hold: the file was changed after it was signed");
    else if (pinned && !verdict->is_by_wanted)
        printf("  signature  of another key than the wanted one: %s\n", key);
    else if (pinned)
        printf("  signature  holds, by the wanted key %s\n", key);
    else
        printf("  signature  holds, by the key %s\n"
               "             Whose key that is, this file cannot say. Hold it against the one that the "
               "organiser\n"
               "             has published, or give that one with --key.\n",
               key);
}

void
verify_print_people(const char *path, const struct evidence_verdict *verdict, const struct recount *recount,
                    bool pinned)
{
    if (!verdict->holds) {
        printf("%s does not hold: %s\n", path, verdict->problem.what);
        print_signature(verdict, pinned);
        return;
    }
    printf("%s holds: the evidence of contest %s\n", path, recount->contest);
    printf("  log        %" PRIu64 " entries with %" PRIu64 " events, whole and in order\n", verdict->entries,
           verdict->events);
    print_chains(recount);
    print_versions(recount);
    print_signature(verdict, pinned);
}

/* --- As JSON --- */

static void
put_place(struct json_out *json, const char *key, int64_t place)
{
    json_key(json, key);
    if (place < 0)
        json_nil(json);
    else
        json_int(json, place);
}

static void
put_problem(struct json_out *json, const struct evidence_problem *problem)
{
    char id[LOG_ID_SIZE];
    log_id_format(id, problem->id);
    json_key(json, "problem");
    if (!problem->what[0]) {
        json_nil(json);
        return;
    }
    json_open(json, '{');
    json_put_text(json, "what", problem->what);
    json_put_int(json, "offset", (int64_t)problem->offset);
    put_place(json, "shard", problem->shard);
    put_place(json, "entry", problem->entry);
    json_put_text(json, "log_id", problem->entry < 0 ? NULL : id);
    put_place(json, "version", problem->version > 0 ? problem->version : -1);
    json_close(json, '}');
}

static void
put_heads(const struct results_version *version, struct json_out *json)
{
    json_key(json, "heads");
    json_open(json, '[');
    for (uint32_t i = 0; i < version->standing.shard_count; i++) {
        char head[CHAIN_HEX_SIZE];
        chain_hex(&version->chains[i], head);
        json_text(json, head);
    }
    json_close(json, ']');
}

static void
put_published(struct json_out *json, const struct results *results)
{
    json_key(json, "published");
    json_open(json, '[');
    for (size_t i = 0; i < results->version_count; i++) {
        const struct results_version *version = results->versions[i];
        struct totals totals;
        totals_make(&version->standing, &totals);
        json_open(json, '{');
        json_put_int(json, "number", version->number);
        json_put_int(json, "published_at_ms", version->published_ms);
        json_put_bool(json, "final", version->final);
        json_put_int(json, "net_fen", totals.figures.value[METRIC_NET]);
        put_heads(version, json);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void
verify_print_json(const char *path, const struct evidence_verdict *verdict, const struct recount *recount,
                  bool pinned)
{
    struct buf line = {0};
    struct json_out json = {.buf = &line};
    char key[EVIDENCE_KEY_HEX_SIZE];
    evidence_key_hex(verdict->key, key);
    json_open(&json, '{');
    json_put_text(&json, "file", path);
    json_put_bool(&json, "holds", verdict->holds);
    json_put_text(&json, "contest", recount ? recount->contest : NULL);
    json_put_int(&json, "entries", (int64_t)verdict->entries);
    json_put_int(&json, "events", (int64_t)verdict->events);
    json_put_int(&json, "versions", (int64_t)verdict->versions);
    if (verdict->holds) {
        recount_put_chains(recount, &json);
        put_published(&json, &recount->results);
    }
    json_put_text(&json, "key", verdict->has_key ? key : NULL);
    json_put_bool(&json, "signed", verdict->is_signed);
    json_put_bool(&json, "pinned", pinned);
    put_problem(&json, &verdict->problem);
    json_close(&json, '}');
    puts(buf_text(&line));
    buf_free(&line);
}
