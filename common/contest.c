#include "common/contest.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/contest_build.h"
#include "common/contest_index.h"
#include "common/limits.h"

struct contest *
contest_new(void)
{
    struct contest *contest = calloc(1, sizeof *contest);
    if (!contest)
        abort();
    contest->arena = arena_new();
    contest->index = contest_index_new();
    contest->holders = 1;
    return contest;
}

struct contest *
contest_hold(struct contest *contest)
{
    assert(contest->holders > 0 && contest->holders < UINT32_MAX);
    contest->holders++;
    return contest;
}

void
contest_release(struct contest *contest)
{
    if (!contest)
        return;
    assert(contest->holders > 0);
    if (--contest->holders > 0)
        return;
    contest_index_free(contest->index);
    arena_free(contest->arena);
    free(contest);
}

uint32_t
contest_find_county(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_COUNTY, id);
}

uint32_t
contest_find_division(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_DIVISION, id);
}

uint32_t
contest_find_product(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_PRODUCT, id);
}

uint32_t
contest_find_streamer(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_STREAMER, id);
}

uint32_t
contest_find_session(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_SESSION, id);
}

uint32_t
contest_find_judge(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_JUDGE, id);
}

uint32_t
contest_find_criterion(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_CRITERION, id);
}

uint32_t
contest_find_ranking(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_RANKING, id);
}

uint32_t
contest_find_award(const struct contest *contest, struct span id)
{
    return contest_index_find(contest->index, INDEX_AWARD, id);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_in_id(char c)
{
    return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == ':' ||
           c == '-';
}

static bool
is_in_contest_id(char c)
{
    return is_digit(c) || is_lower(c) || c == '-';
}

static bool
all_are(struct span text, bool (*is_in)(char), size_t most)
{
    if (text.len == 0 || text.len > most)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_in(text.at[i]))
            return false;
    }
    return true;
}

bool
id_is_valid(struct span id)
{
    return all_are(id, is_in_id, LIMIT_ID_BYTES);
}

bool
id_is_county(struct span id)
{
    return all_are(id, is_digit, LIMIT_COUNTY_ID_BYTES);
}

bool
id_is_contest(struct span id)
{
    return all_are(id, is_in_contest_id, LIMIT_CONTEST_ID_BYTES);
}

uint32_t
contest_shard_of(const char *streamer_id, uint32_t shards)
{
    assert(shards > 0);
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *at = streamer_id; *at; at++) {
        hash ^= (unsigned char)*at;
        hash *= 0x100000001b3u;
    }
    return (uint32_t)(hash % shards);
}
