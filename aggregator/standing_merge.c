/*
 * Standings of shards into one.
 *
 * Every shard folds every document and action, so their contests are the same, or one is a little behind.
 * Two `register` actions posted at the same moment may however stand in another order in another shard, and
 * an entity then has another index there. So a shard whose entities do not stand where those of the merged
 * contest do is moved over by their ids first.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/standing.h"
#include "common/money.h"

/* Where the entities of `from` stand in `to`; `id_of` and `find` of their kind. */
typedef const char *id_of_fn(const struct contest *contest, size_t index);
typedef uint32_t find_fn(const struct contest *contest, struct span id);

static const char *
session_id(const struct contest *contest, size_t index)
{
    return contest->sessions[index].id;
}

static const char *
product_id(const struct contest *contest, size_t index)
{
    return contest->products[index].id;
}

static const char *
streamer_id(const struct contest *contest, size_t index)
{
    return contest->streamers[index].id;
}

static bool
same_ids(const struct contest *from, size_t count, const struct contest *to, size_t to_count, id_of_fn *id_of)
{
    if (count > to_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(id_of(from, i), id_of(to, i)) != 0)
            return false;
    }
    return true;
}

static uint32_t *
moves_of(const struct contest *from, size_t count, const struct contest *to, size_t to_count, id_of_fn *id_of,
         find_fn *find)
{
    if (same_ids(from, count, to, to_count, id_of))
        return NULL;
    uint32_t *moves = malloc((count + 1) * sizeof *moves);
    if (!moves)
        abort();
    for (size_t i = 0; i < count; i++)
        moves[i] = find(to, span_of(id_of(from, i)));
    return moves;
}

static struct cube_moves
moves_between(const struct contest *from, const struct contest *to)
{
    if (!from || from == to)
        return (struct cube_moves){0};
    return (struct cube_moves){
        .sessions =
            moves_of(from, from->session_count, to, to->session_count, session_id, contest_find_session),
        .products =
            moves_of(from, from->product_count, to, to->product_count, product_id, contest_find_product),
        .streamers =
            moves_of(from, from->streamer_count, to, to->streamer_count, streamer_id, contest_find_streamer),
    };
}

static void
moves_free(struct cube_moves *moves)
{
    free(moves->sessions);
    free(moves->products);
    free(moves->streamers);
}

static void
merge_cube(struct standing *to, const struct standing *from)
{
    struct cube_moves moves = moves_between(from->contest, to->contest);
    cube_merge(&to->cube, &from->cube, &moves);
    moves_free(&moves);
}

static void
merge_counts(struct event_counts *to, const struct event_counts *from)
{
    to->duplicates = fen_add(to->duplicates, from->duplicates);
    to->conflicts = fen_add(to->conflicts, from->conflicts);
    to->refused = fen_add(to->refused, from->refused);
    to->parked = fen_add(to->parked, from->parked);
    to->pending = fen_add(to->pending, from->pending);
    to->voided = fen_add(to->voided, from->voided);
}

static const struct standing *
newest_of(const struct standing *const *shards, uint32_t shard_count)
{
    const struct standing *newest = shards[0];
    for (uint32_t i = 1; i < shard_count; i++) {
        if (shards[i]->steps > newest->steps)
            newest = shards[i];
    }
    return newest;
}

/* True where every entity of `part` stands in `whole`. */
static bool
holds_all(const struct contest *whole, const struct contest *part)
{
    for (size_t i = 0; i < part->session_count; i++) {
        if (contest_find_session(whole, span_of(part->sessions[i].id)) == CONTEST_NONE)
            return false;
    }
    for (size_t i = 0; i < part->product_count; i++) {
        if (contest_find_product(whole, span_of(part->products[i].id)) == CONTEST_NONE)
            return false;
    }
    for (size_t i = 0; i < part->streamer_count; i++) {
        if (contest_find_streamer(whole, span_of(part->streamers[i].id)) == CONTEST_NONE)
            return false;
    }
    return true;
}

/* The newest contest, with what other shards know and it does not yet. */
static struct contest *
contest_of_all(const struct standing *newest, const struct standing *const *shards, uint32_t shard_count)
{
    struct contest *all = newest->contest ? contest_hold(newest->contest) : NULL;
    for (uint32_t i = 0; i < shard_count && all; i++) {
        struct contest *known = shards[i]->contest;
        if (!known || known == newest->contest || holds_all(all, known))
            continue;
        struct errors errors = {0};
        struct contest *merged = contest_merge(known, all, &errors);
        errors_free(&errors);
        if (!merged)
            continue; /* the log's registries refuse what would not fit: both cannot have taken it */
        contest_release(all);
        all = merged;
    }
    return all;
}

static uint32_t
moved(const uint32_t *moves, size_t streamer)
{
    return moves ? moves[streamer] : (uint32_t)streamer;
}

static void
take_jury(struct standing *to, const struct standing *newest)
{
    struct cube_moves moves = moves_between(newest->contest, to->contest);
    for (size_t i = 0; i < newest->mark_count; i++) {
        struct mark mark = newest->marks[i];
        const char *judge = newest->contest->judges[mark.judge];
        const char *criterion = newest->contest->criteria[mark.criterion].id;
        mark.streamer = moved(moves.streamers, mark.streamer);
        mark.judge = contest_find_judge(to->contest, span_of(judge));
        mark.criterion = contest_find_criterion(to->contest, span_of(criterion));
        standing_mark(to, &mark);
    }
    for (size_t i = 0; i < newest->streamer_count; i++) {
        uint32_t streamer = moved(moves.streamers, i);
        standing_adjust(to, streamer, newest->adjusted_milli[i]);
        standing_disqualify(to, streamer, newest->disqualified[i]);
    }
    moves_free(&moves);
}

void
standing_merge(struct standing *to, const struct standing *const *shards, uint32_t shard_count)
{
    const struct standing *newest = newest_of(shards, shard_count);
    standing_init(to, shard_count);
    to->contest = contest_of_all(newest, shards, shard_count);
    to->steps = newest->steps;
    to->closed = newest->closed;
    to->frozen = newest->frozen;
    to->frozen_at_ms = newest->frozen_at_ms;
    to->cube.seed = newest->cube.seed;
    if (to->contest)
        take_jury(to, newest);
    for (uint32_t i = 0; i < shard_count; i++) {
        assert(shards[i]->shard_count == shard_count);
        to->version[i] = shards[i]->version[i];
        merge_counts(&to->counts, &shards[i]->counts);
        if (to->contest)
            merge_cube(to, shards[i]);
    }
}

static bool
holds_panel(const struct contest *whole, const struct contest *part)
{
    for (size_t i = 0; i < part->judge_count; i++) {
        if (contest_find_judge(whole, span_of(part->judges[i])) == CONTEST_NONE)
            return false;
    }
    for (size_t i = 0; i < part->criterion_count; i++) {
        if (contest_find_criterion(whole, span_of(part->criteria[i].id)) == CONTEST_NONE)
            return false;
    }
    return true;
}

bool
standing_can_merge(const struct standing *const *shards, uint32_t shard_count)
{
    const struct standing *newest = newest_of(shards, shard_count);
    struct contest *all = contest_of_all(newest, shards, shard_count);
    bool can = all && holds_panel(all, newest->contest);
    for (uint32_t i = 0; i < shard_count && can; i++)
        can = shards[i]->contest && holds_all(all, shards[i]->contest);
    contest_release(all);
    return can;
}
