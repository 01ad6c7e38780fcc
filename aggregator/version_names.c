/* Names in a version's document: the English ones where it is in English and the contest has them. */
#include "aggregator/version_words.h"

#include <string.h>

static const char *
english_name(const struct contest *contest, enum entity_kind kind, uint32_t entity)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest->counties[entity].name_en;
    case ENTITY_STREAMER:
        return contest->streamers[entity].name_en;
    case ENTITY_PRODUCT:
        return contest->products[entity].name_en;
    case ENTITY_DIVISION:
        return contest->divisions[entity].name_en;
    case ENTITY_SESSION:
    case ENTITY_CITY:
        break;
    }
    return NULL;
}

const char *
entity_name(const struct writer *writer, enum entity_kind kind, uint32_t entity)
{
    const struct contest *contest = writer->version->contest;
    return cell_words(writer, rank_entity_name(contest, kind, entity), english_name(contest, kind, entity));
}

const char *
streamer_name(const struct writer *writer, struct span id)
{
    uint32_t streamer = contest_find_streamer(writer->version->contest, id);
    return streamer == CONTEST_NONE ? kept_text(writer, "%.*s", SPAN_FMT(id))
                                    : entity_name(writer, ENTITY_STREAMER, streamer);
}

const char *
county_name(const struct writer *writer, uint32_t streamer)
{
    return entity_name(writer, ENTITY_COUNTY, writer->version->contest->streamers[streamer].county);
}

/* Of a manual award the id says whose it is, as it did when the award was given. */
const char *
winner_name(const struct writer *writer, const struct award_winner *winner)
{
    const struct contest *contest = writer->version->contest;
    struct span id = span_of(winner->id);
    const struct {
        enum entity_kind kind;
        uint32_t entity;
    } found[] = {
        {ENTITY_STREAMER, contest_find_streamer(contest, id)},
        {ENTITY_COUNTY, contest_find_county(contest, id)},
        {ENTITY_PRODUCT, contest_find_product(contest, id)},
    };
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        if (found[i].entity == CONTEST_NONE)
            continue;
        const char *english = english_name(contest, found[i].kind, found[i].entity);
        bool is_it = strcmp(rank_entity_name(contest, found[i].kind, found[i].entity), winner->name) == 0;
        if (is_it)
            return cell_words(writer, winner->name, english);
    }
    return winner->name;
}
