/*
 * One EVAL a shard: a script is as atomic as MULTI/EXEC, and it can first look whether what is there is
 * newer, which several aggregators at once need: a slow one must not put old figures over new ones. (WATCH
 * would take three round trips, and fail under the very contention it is there for.)
 *
 * The script writes a field only where it differs, since each write goes through Redis' append-only file,
 * which the log's fsync waits for. The figures travel as one JSON argument, each as text, so that Lua's
 * doubles never touch them.
 */
#include "aggregator/publish.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/tally.h"
#include "common/crash_point.h"
#include "common/json_out.h"
#include "common/logline.h"
#include "common/money.h"
#include "common/redis_link.h"

/* One shard's tallies on their way. */
struct publication {
    struct publisher *publisher; /* borrowed */
    struct log_id published;     /* what Redis has of ours, or newer */
    struct log_id sent;
    uint64_t published_mark, sent_mark; /* chain_mark() there: the same version of another log is another */
    bool in_flight;
};

struct publisher {
    struct redis_link *link;   /* borrowed */
    struct contests *contests; /* borrowed */
    struct counters *counters; /* borrowed */
    struct event *timer;       /* owned */
};

/*
 * KEYS: version, totals, county, streamer, product, top:county, top:streamer, top:product. ARGV: version in
 * milliseconds, its sequence number, the figures as JSON, and the log, which is no key here, since it is only
 * read: Redis asks for the right to write all of a script's keys, and the aggregator has none to the log.
 * 1: written; 0: it had newer, or the log has no such entry (any more: where its end was lost, neither these
 * figures nor those hold). The same version is written again: where the end was lost and the clock set back,
 * what stands there now may be another entry.
 */
static const char script[] = "local function stands(version)\n"
                             "  return #redis.call('XRANGE', ARGV[4], version, version) == 1\n"
                             "end\n"
                             "if not stands(ARGV[1] .. '-' .. ARGV[2]) then return 0 end\n"
                             "local old = redis.call('GET', KEYS[1])\n"
                             "local ms, seq = string.match(old or '', '^(%d+)-(%d+)$')\n"
                             "if ms and stands(old) then\n"
                             "  ms, seq = tonumber(ms), tonumber(seq)\n"
                             "  local new_ms, new_seq = tonumber(ARGV[1]), tonumber(ARGV[2])\n"
                             "  if ms > new_ms or (ms == new_ms and seq > new_seq) then return 0 end\n"
                             "end\n"
                             "local figures = cjson.decode(ARGV[3])\n"
                             "local function write(key, fields, top)\n"
                             "  local was, list = {}, redis.call('HGETALL', key)\n"
                             "  for i = 1, #list, 2 do was[list[i]] = list[i + 1] end\n"
                             "  for field, value in pairs(fields) do\n"
                             "    if was[field] ~= value then\n"
                             "      redis.call('HSET', key, field, value)\n"
                             "      if top then redis.call('ZADD', top, value, field) end\n"
                             "    end\n"
                             "  end\n"
                             "end\n"
                             "write(KEYS[2], figures.totals)\n"
                             "write(KEYS[3], figures.county, KEYS[6])\n"
                             "write(KEYS[4], figures.streamer, KEYS[7])\n"
                             "write(KEYS[5], figures.product, KEYS[8])\n"
                             "redis.call('SET', KEYS[1], ARGV[1] .. '-' .. ARGV[2])\n"
                             "return 1\n";

enum { TALLY_KEYS = 8, ARGUMENT_COUNT = 3 + TALLY_KEYS + 4 };

static const char *const key_names[TALLY_KEYS] = {"version", "totals",     "county",       "streamer",
                                                  "product", "top:county", "top:streamer", "top:product"};

/* --- The figures as JSON, every value a text --- */

static void
put_number(struct json_out *json, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    json_put_text(json, key, text);
}

static void
put_totals(struct json_out *json, const struct standing *standing, struct log_id at)
{
    struct totals totals;
    char version[LOG_ID_SIZE];
    totals_make(standing, &totals);
    log_id_format(version, at);
    json_key(json, "totals");
    json_open(json, '{');
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        put_number(json, metric_name((enum metric)metric), totals.figures.value[metric]);
    put_number(json, "as_of_ms", standing_as_of_ms(standing));
    json_put_text(json, "version", version);
    json_close(json, '}');
}

static const char *
entity_id(const struct contest *contest, enum entity_kind kind, size_t index)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest->counties[index].id;
    case ENTITY_STREAMER:
        return contest->streamers[index].id;
    default:
        return contest->products[index].id;
    }
}

static void
put_entities(struct json_out *json, const struct contest *contest, const char *name, enum entity_kind kind,
             const int64_t *nets_fen, size_t count)
{
    json_key(json, name);
    json_open(json, '{');
    for (size_t i = 0; i < count; i++)
        put_number(json, entity_id(contest, kind, i), nets_fen[i]);
    json_close(json, '}');
}

static int64_t *
nets_new(size_t count)
{
    int64_t *nets_fen = calloc(count + 1, sizeof *nets_fen);
    if (!nets_fen)
        abort();
    return nets_fen;
}

static void
add(int64_t *net_fen, int64_t fen)
{
    *net_fen = fen_add(*net_fen, fen);
}

/* Two sums of one look at each cell: all figures of every entity would take four times as long. Cells of
 * products that the contest does not know hold refused sales only. */
static void
add_cells(const struct standing *standing, int64_t *streamers, int64_t *products)
{
    for (size_t i = 0; i < standing->cube.cell_count; i++) {
        const struct cell *cell = &standing->cube.cells[i];
        int64_t net_fen = fen_add(cell->gross_fen, -cell->refunded_fen);
        if (cell->product == CONTEST_NONE)
            continue;
        add(&streamers[standing->contest->sessions[cell->session].streamer], net_fen);
        add(&products[cell->product], net_fen);
    }
}

/* What every county, streamer and product comes to, as to net_fen. */
static void
put_nets(struct json_out *json, const struct standing *standing)
{
    static const struct contest nobody; /* before the first document */
    const struct contest *contest = standing->contest ? standing->contest : &nobody;
    int64_t *counties = nets_new(contest->county_count);
    int64_t *streamers = nets_new(contest->streamer_count);
    int64_t *products = nets_new(contest->product_count);
    add_cells(standing, streamers, products);
    for (size_t i = 0; i < contest->streamer_count; i++)
        add(&counties[contest->streamers[i].county], streamers[i]);
    put_entities(json, contest, "county", ENTITY_COUNTY, counties, contest->county_count);
    put_entities(json, contest, "streamer", ENTITY_STREAMER, streamers, contest->streamer_count);
    put_entities(json, contest, "product", ENTITY_PRODUCT, products, contest->product_count);
    free(counties);
    free(streamers);
    free(products);
}

static void
put_figures(struct buf *out, const struct standing *standing, struct log_id at)
{
    struct json_out json = {out, false};
    json_open(&json, '{');
    put_totals(&json, standing, at);
    put_nets(&json, standing);
    json_close(&json, '}');
}

/* --- Sending --- */

static void
published_cb(const redis_reply *reply, void *arg)
{
    struct publication *publication = arg;
    struct counters *counters = publication->publisher->counters;
    publication->in_flight = false;
    CRASH_POINT("publish.reply");
    if (!reply || redis_reply_kind(reply) != REDIS_INT) {
        counters->tallies_failed++;
        if (reply)
            log_warn("publishing tallies: redis answers %.*s", SPAN_FMT(redis_reply_text(reply)));
        return;
    }
    publication->published = publication->sent;
    publication->published_mark = publication->sent_mark;
    if (redis_reply_int(reply))
        counters->tallies_published++;
    else
        counters->tallies_outrun++;
}

static void
send_tallies(struct publication *publication, const struct board_shard *shard,
             const struct standing *standing)
{
    char keys[TALLY_KEYS + 1][LOG_KEY_SIZE], ms[24], seq[24];
    struct buf figures = {0};
    struct span arguments[ARGUMENT_COUNT] = {SPAN("EVAL"), SPAN(script), SPAN("8")};
    struct log_id version = standing->version[shard->number];
    for (int i = 0; i < TALLY_KEYS; i++)
        snprintf(keys[i], sizeof keys[i], "bochuang:{%s/%u}:tally:%s", shard->contest->id, shard->number,
                 key_names[i]);
    log_key(keys[TALLY_KEYS], shard->contest->id, shard->number, LOG_LOG);
    for (int i = 0; i < TALLY_KEYS; i++)
        arguments[3 + i] = span_of(keys[i]);
    snprintf(ms, sizeof ms, "%llu", (unsigned long long)version.ms);
    snprintf(seq, sizeof seq, "%llu", (unsigned long long)version.seq);
    put_figures(&figures, standing, version);
    arguments[3 + TALLY_KEYS] = span_of(ms);
    arguments[4 + TALLY_KEYS] = span_of(seq);
    arguments[5 + TALLY_KEYS] = buf_span(&figures);
    arguments[6 + TALLY_KEYS] = span_of(keys[TALLY_KEYS]);
    publication->sent = version;
    publication->sent_mark = chain_mark(0, fold_public_chain(shard->fold));
    CRASH_POINT("publish.send");
    publication->in_flight = !figures.failed && redis_link_send(publication->publisher->link, ARGUMENT_COUNT,
                                                                arguments, published_cb, publication);
    buf_free(&figures);
}

static bool
is_published(const struct board_shard *shard, const struct standing *standing)
{
    const struct publication *publication = shard->publication;
    return log_id_compare(standing->version[shard->number], publication->published) == 0 &&
           chain_mark(0, fold_public_chain(shard->fold)) == publication->published_mark;
}

static void
publish_shard(struct publisher *publisher, struct board_shard *shard)
{
    const struct standing *standing = fold_public(shard->fold);
    if (!shard->publication) {
        shard->publication = calloc(1, sizeof *shard->publication);
        if (!shard->publication)
            return;
        shard->publication->publisher = publisher;
    }
    if (!shard->publication->in_flight && !is_published(shard, standing))
        send_tallies(shard->publication, shard, standing);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct publisher *publisher = arg;
    if (!redis_link_up(publisher->link))
        return;
    for (size_t i = 0; i < publisher->contests->count; i++) {
        struct board_contest *contest = publisher->contests->items[i];
        for (uint32_t s = 0; !contest_obstacle(contest) && s < contest->shard_count; s++)
            publish_shard(publisher, &contest->shards[s]);
    }
}

struct publisher *
publisher_new(struct event_base *base, struct redis_link *link, int64_t interval_ms,
              struct contests *contests, struct counters *counters)
{
    assert(interval_ms > 0);
    struct publisher *publisher = calloc(1, sizeof *publisher);
    struct timeval interval = {interval_ms / 1000, interval_ms % 1000 * 1000};
    if (!publisher)
        abort();
    publisher->link = link;
    publisher->contests = contests;
    publisher->counters = counters;
    publisher->timer = event_new(base, -1, EV_PERSIST, timer_cb, publisher);
    if (!publisher->timer || event_add(publisher->timer, &interval) != 0)
        abort();
    return publisher;
}

void
publisher_free(struct publisher *publisher)
{
    if (!publisher)
        return;
    for (size_t i = 0; i < publisher->contests->count; i++) {
        struct board_contest *contest = publisher->contests->items[i];
        for (uint32_t s = 0; s < contest->shard_count; s++)
            free(contest->shards[s].publication);
    }
    event_free(publisher->timer);
    free(publisher);
}
