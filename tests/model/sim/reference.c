#include "tests/model/sim/reference.h"

#include <assert.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/contest.h"
#include "tests/model/sim/violation.h"

enum { SHARDS_MOST = 8 };

struct shard {
    char key[LOG_KEY_SIZE];
    struct reference_figures *after; /* owned: each entry */
    size_t count, cap;
};

struct known {
    bool there;
    uint32_t waiting; /* of a sale that has not come: refunds that wait for it; they are of one sale each */
    int64_t waiting_fen;
    uint8_t shards; /* of an action: a bit each */
};

static struct {
    struct shard shards[SHARDS_MOST];
    uint32_t shard_count;
    struct known *events, *actions; /* owned; by number */
    size_t event_cap, action_cap;
    int64_t net_fen[STREAMERS];
    bool lost;
} reference;

static struct known *
known(struct known **table, size_t *cap, size_t number)
{
    if (number >= *cap) {
        size_t wanted = number + 1 > *cap * 2 ? number + 64 : *cap * 2;
        *table = realloc(*table, wanted * sizeof **table);
        assert(*table);
        memset(*table + *cap, 0, (wanted - *cap) * sizeof **table);
        *cap = wanted;
    }
    return &(*table)[number];
}

static struct known *
known_event(size_t number)
{
    return known(&reference.events, &reference.event_cap, number);
}

/* "e17" is 17. */
static size_t
number_of(const msgpack_object *id, char first)
{
    char text[24] = "";
    assert(id->type == MSGPACK_OBJECT_STR && id->via.str.size < sizeof text);
    memcpy(text, id->via.str.ptr, id->via.str.size);
    HOLDS(text[0] == first, "the log holds an id that nobody sent: %s", text);
    return strtoul(text + 1, NULL, 10);
}

static void
count_refund(struct reference_figures *figures, uint32_t session, int64_t amount_fen)
{
    figures->refunded_fen += amount_fen;
    reference.net_fen[streamer_of_session(session)] -= amount_fen;
}

static void
count_sale(struct reference_figures *figures, size_t number, int64_t amount_fen)
{
    const struct sent_event *sent = sends_event(number);
    struct known *sale = known_event(number);
    HOLDS(!sent->refund && sent->amount_fen == amount_fen, "event e%zu stands in the log with other content",
          number);
    figures->gross_fen += amount_fen;
    figures->orders++;
    reference.net_fen[streamer_of_session(sent->session)] += amount_fen;
    figures->parked -= sale->waiting;
    if (sale->waiting)
        count_refund(figures, sent->session, sale->waiting_fen);
    sale->waiting = 0;
}

static void
take_refund(struct reference_figures *figures, size_t number, size_t of, int64_t amount_fen)
{
    const struct sent_event *sent = sends_event(number);
    HOLDS(sent->refund && sent->sale == of && sent->amount_fen == amount_fen,
          "event e%zu stands in the log with other content", number);
    struct known *sale = known_event(of);
    if (sale->there) {
        count_refund(figures, sent->session, amount_fen);
        return;
    }
    sale->waiting++;
    sale->waiting_fen += amount_fen;
    figures->parked++;
}

static void
take_event(const struct shard *shard, struct reference_figures *figures, const msgpack_object *event)
{
    assert(event->type == MSGPACK_OBJECT_ARRAY);
    const msgpack_object *fields = event->via.array.ptr;
    size_t number = number_of(&fields[1], 'e');
    HOLDS(number < sends_events(), "the log holds e%zu, which nobody sent", number);
    char streamer[8];
    snprintf(streamer, sizeof streamer, "t-%u", streamer_of_session(sends_event(number)->session));
    HOLDS(contest_shard_of(streamer, reference.shard_count) == (uint32_t)(shard - reference.shards),
          "event e%zu stands in the log of another shard", number);
    if (known_event(number)->there) {
        figures->duplicates++;
        return;
    }
    if (fields[0].via.u64 == 0)
        count_sale(figures, number, (int64_t)fields[6].via.u64);
    else
        take_refund(figures, number, number_of(&fields[4], 'e'), (int64_t)fields[5].via.u64);
    known_event(number)->there = true;
}

static void
take_events(const struct shard *shard, struct reference_figures *figures, struct span blob)
{
    msgpack_unpacked event;
    size_t at = 0;
    msgpack_unpacked_init(&event);
    while (msgpack_unpack_next(&event, blob.at, blob.len, &at) == MSGPACK_UNPACK_SUCCESS)
        take_event(shard, figures, &event.data);
    HOLDS(at == blob.len, "an entry of the log ends in the middle of an event");
    msgpack_unpacked_destroy(&event);
}

/* {"id":"a3",… */
static void
take_action(const struct shard *shard, struct span payload)
{
    unsigned number;
    char text[64];
    snprintf(text, sizeof text, "%.*s", SPAN_FMT(payload));
    HOLDS(sscanf(text, "{\"id\":\"a%u\"", &number) == 1, "the log holds an action that nobody sent: %s",
          text);
    HOLDS(number < sends_actions(), "the log holds action a%u, which nobody sent", number);
    known(&reference.actions, &reference.action_cap, number)->shards |=
        (uint8_t)(1u << (shard - reference.shards));
}

static void
take_entry(struct shard *shard, const struct stream_entry *entry)
{
    if (shard->count == shard->cap) {
        shard->cap = shard->cap ? shard->cap * 2 : 256;
        shard->after = realloc(shard->after, shard->cap * sizeof *shard->after);
        assert(shard->after);
    }
    struct reference_figures figures = {0};
    if (shard->count > 0)
        figures = shard->after[shard->count - 1];
    if (entry->kind == LOG_EVENTS)
        take_events(shard, &figures, entry->payload);
    else if (entry->kind == LOG_ACTION)
        take_action(shard, entry->payload);
    shard->after[shard->count++] = figures;
}

void
reference_durable(const struct stream *stream, size_t index)
{
    for (uint32_t i = 0; i < reference.shard_count; i++) {
        struct shard *shard = &reference.shards[i];
        if (strcmp(shard->key, stream->key) != 0)
            continue;
        assert(shard->count == index);
        take_entry(shard, &stream->entries[index]);
    }
}

bool
reference_has_lost(void)
{
    return reference.lost;
}

void
reference_lost(void)
{
    reference.lost = true;
    memset(reference.events, 0, reference.event_cap * sizeof *reference.events);
    memset(reference.actions, 0, reference.action_cap * sizeof *reference.actions);
    memset(reference.net_fen, 0, sizeof reference.net_fen);
    for (uint32_t i = 0; i < reference.shard_count; i++) {
        struct shard *shard = &reference.shards[i];
        const struct stream *stream = redis_model_stream(shard->key);
        shard->count = 0;
        for (size_t e = 0; stream && e < stream->count; e++)
            take_entry(shard, &stream->entries[e]);
    }
}

const struct reference_figures *
reference_at(uint32_t shard, struct log_id id)
{
    const struct stream *stream = redis_model_stream(reference.shards[shard].key);
    size_t low = 0, high = reference.shards[shard].count;
    while (stream && low < high) {
        size_t middle = (low + high) / 2;
        int order = log_id_compare(stream->entries[middle].id, id);
        if (order == 0)
            return &reference.shards[shard].after[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

int64_t
reference_net_fen(uint32_t streamer)
{
    return reference.net_fen[streamer];
}

bool
reference_has_event(size_t number)
{
    return known_event(number)->there;
}

uint32_t
reference_shards_of_action(size_t number)
{
    unsigned bits = known(&reference.actions, &reference.action_cap, number)->shards;
    return (uint32_t)__builtin_popcount(bits);
}

void
reference_start(uint32_t shards)
{
    assert(shards <= SHARDS_MOST);
    reference.shard_count = shards;
    for (uint32_t i = 0; i < shards; i++)
        log_key(reference.shards[i].key, SIM_CONTEST, i, LOG_LOG);
    known_event(0);
    known(&reference.actions, &reference.action_cap, 0);
}

void
reference_end(void)
{
    for (uint32_t i = 0; i < reference.shard_count; i++)
        free(reference.shards[i].after);
    free(reference.events);
    free(reference.actions);
    memset(&reference, 0, sizeof reference);
}
