#include "aggregator/standing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/money.h"

void
standing_init(struct standing *standing, uint32_t shard_count)
{
    assert(shard_count > 0 && shard_count <= LIMIT_SHARDS);
    *standing = (struct standing){.shard_count = shard_count};
    cube_init(&standing->cube);
}

void
standing_free(struct standing *standing)
{
    if (!standing)
        return;
    contest_release(standing->contest);
    cube_free(&standing->cube);
    free(standing->marks);
    free(standing->adjusted_milli);
    free(standing->disqualified);
    *standing = (struct standing){0};
}

static void *
copied(const void *items, size_t bytes)
{
    if (bytes == 0)
        return NULL;
    void *copy = malloc(bytes);
    if (!copy)
        abort();
    return memcpy(copy, items, bytes);
}

/* Marks grow by doubling at each power of two: a copy must keep room to the next one. */
static size_t
mark_room(size_t count)
{
    size_t room = 1;
    while (room < count)
        room *= 2;
    return room;
}

static struct mark *
copied_marks(const struct standing *from)
{
    if (from->mark_count == 0)
        return NULL;
    struct mark *marks = malloc(mark_room(from->mark_count) * sizeof *marks);
    if (!marks)
        abort();
    return memcpy(marks, from->marks, from->mark_count * sizeof *marks);
}

void
standing_copy(struct standing *to, const struct standing *from)
{
    *to = *from;
    if (to->contest)
        contest_hold(to->contest);
    cube_copy(&to->cube, &from->cube);
    to->marks = copied_marks(from);
    to->adjusted_milli = copied(from->adjusted_milli, from->streamer_count * sizeof *to->adjusted_milli);
    to->disqualified = copied(from->disqualified, from->streamer_count * sizeof *to->disqualified);
}

int64_t
standing_as_of_ms(const struct standing *standing)
{
    uint64_t newest = 0;
    for (uint32_t shard = 0; shard < standing->shard_count; shard++) {
        if (standing->version[shard].ms > newest)
            newest = standing->version[shard].ms;
    }
    return (int64_t)newest;
}

void
standing_version(const struct standing *standing, struct buf *out)
{
    for (uint32_t shard = 0; shard < standing->shard_count; shard++) {
        char text[LOG_ID_SIZE];
        log_id_format(text, standing->version[shard]);
        if (shard > 0)
            buf_add_byte(out, ',');
        buf_add_text(out, text);
    }
}

static int
compare_numbers(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int
compare_marks(const struct mark *a, const struct mark *b)
{
    int order = compare_numbers(a->streamer, b->streamer);
    if (order == 0)
        order = compare_numbers(a->judge, b->judge);
    return order ? order : compare_numbers(a->criterion, b->criterion);
}

/* The place of the first mark that is not before `wanted`. */
static size_t
mark_place(const struct standing *standing, const struct mark *wanted)
{
    size_t from = 0, until = standing->mark_count;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        if (compare_marks(&standing->marks[middle], wanted) < 0)
            from = middle + 1;
        else
            until = middle;
    }
    return from;
}

static void
insert_mark(struct standing *standing, size_t place, const struct mark *mark)
{
    size_t count = standing->mark_count;
    if (count == 0 || mark_room(count) == count) {
        standing->marks = realloc(standing->marks, mark_room(count + 1) * sizeof *standing->marks);
        if (!standing->marks)
            abort();
    }
    memmove(&standing->marks[place + 1], &standing->marks[place], (count - place) * sizeof *mark);
    standing->marks[place] = *mark;
    standing->mark_count++;
}

void
standing_mark(struct standing *standing, const struct mark *mark)
{
    size_t place = mark_place(standing, mark);
    if (place < standing->mark_count && compare_marks(&standing->marks[place], mark) == 0)
        standing->marks[place] = *mark;
    else
        insert_mark(standing, place, mark);
}

const struct mark *
standing_marks_of(const struct standing *standing, uint32_t streamer, size_t *count)
{
    size_t from = mark_place(standing, &(struct mark){.streamer = streamer});
    size_t until = from;
    while (until < standing->mark_count && standing->marks[until].streamer == streamer)
        until++;
    *count = until - from;
    return *count > 0 ? &standing->marks[from] : NULL;
}

static void
reach_streamer(struct standing *standing, uint32_t streamer)
{
    if (streamer < standing->streamer_count)
        return;
    size_t count = standing->streamer_count, wanted = (size_t)streamer + 1;
    standing->adjusted_milli = realloc(standing->adjusted_milli, wanted * sizeof *standing->adjusted_milli);
    standing->disqualified = realloc(standing->disqualified, wanted * sizeof *standing->disqualified);
    if (!standing->adjusted_milli || !standing->disqualified)
        abort();
    for (; count < wanted; count++) {
        standing->adjusted_milli[count] = 0;
        standing->disqualified[count] = false;
    }
    standing->streamer_count = wanted;
}

void
standing_adjust(struct standing *standing, uint32_t streamer, int64_t points_milli)
{
    reach_streamer(standing, streamer);
    standing->adjusted_milli[streamer] = fen_add(standing->adjusted_milli[streamer], points_milli);
}

void
standing_disqualify(struct standing *standing, uint32_t streamer, bool disqualified)
{
    reach_streamer(standing, streamer);
    standing->disqualified[streamer] = disqualified;
}

int64_t
standing_adjusted_milli(const struct standing *standing, uint32_t streamer)
{
    return streamer < standing->streamer_count ? standing->adjusted_milli[streamer] : 0;
}

bool
standing_disqualified(const struct standing *standing, uint32_t streamer)
{
    return streamer < standing->streamer_count && standing->disqualified[streamer];
}
