#include "aggregator/live_edition.h"

#include <assert.h>
#include <stdlib.h>

static void
free_rankings(struct live_edition *edition)
{
    for (size_t i = 0; i < edition->ranking_count; i++)
        buf_free(&edition->rankings[i].member);
    free(edition->rankings);
    edition->rankings = NULL;
    edition->ranking_count = 0;
}

static void
drop(struct live_edition *edition)
{
    free_rankings(edition);
    buf_free(&edition->head);
    contest_release(edition->contest);
    edition->contest = NULL;
}

void
live_edition_free(struct live_edition *edition)
{
    drop(edition);
    *edition = (struct live_edition){0};
}

/* --- Encoding --- */

static bool
encode_head(struct live_edition *edition, const struct envelope *envelope)
{
    struct json_out json = {&edition->head, false};
    struct totals totals;
    totals_make(envelope->standing, &totals);
    buf_clear(&edition->head);
    json_open(&json, '{');
    board_put_envelope(&json, envelope);
    json_key(&json, "totals");
    board_totals(&json, &totals);
    return !edition->head.failed;
}

static void
encode_ranking(const struct standing *standing, uint32_t index, struct buf *out)
{
    struct json_out json = {out, false};
    struct rank_table table;
    rank_make(standing, index, &table);
    json_key(&json, table.ranking->id);
    json_open(&json, '{');
    board_put_ranking(&json, standing->contest, table.ranking);
    json_key(&json, "rows");
    board_rank_rows(&json, &table, ROWS_LIVE, LIVE_ROWS);
    json_close(&json, '}');
    rank_free(&table);
}

/* Encodes all rankings, and marks those whose bytes are others than before. */
static bool
encode_rankings(struct live_edition *edition, const struct standing *standing)
{
    bool good = true;
    for (size_t i = 0; i < edition->ranking_count; i++) {
        struct live_ranking *ranking = &edition->rankings[i];
        struct buf member = {0};
        encode_ranking(standing, (uint32_t)i, &member);
        good = good && !member.failed;
        ranking->changed = !span_eq(buf_span(&member), buf_span(&ranking->member));
        buf_free(&ranking->member);
        ranking->member = member;
    }
    return good;
}

/* Makes room for the rankings of a contest that is not the one before. */
static bool
take_contest(struct live_edition *edition, struct contest *contest)
{
    free_rankings(edition);
    contest_release(edition->contest);
    edition->contest = contest_hold(contest);
    edition->rankings = calloc(contest->ranking_count + 1, sizeof *edition->rankings);
    if (!edition->rankings)
        return false;
    edition->ranking_count = contest->ranking_count;
    return true;
}

bool
live_edition_next(struct live_edition *edition, const struct envelope *envelope,
                  const struct resume_id *place)
{
    struct contest *contest = envelope->standing->contest;
    bool anew = edition->contest != contest;
    assert(contest);
    edition->number += anew ? 2 : 1;
    edition->place = *place;
    edition->made = (!anew || take_contest(edition, contest)) && encode_head(edition, envelope) &&
                    encode_rankings(edition, envelope->standing);
    if (!edition->made)
        drop(edition);
    return edition->made;
}

/* --- Messages --- */

static void
add_message(const struct live_edition *edition, const char *event, bool all, struct buf *out)
{
    assert(edition->made);
    buf_add_text(out, "id: ");
    resume_id_format(&edition->place, out);
    buf_printf(out, "\nevent: %s\ndata: ", event);
    buf_add_span(out, buf_span(&edition->head));
    buf_add_text(out, ",\"rankings\":{");
    bool comma = false;
    for (size_t i = 0; i < edition->ranking_count; i++) {
        if (!all && !edition->rankings[i].changed)
            continue;
        if (comma)
            buf_add_byte(out, ',');
        buf_add_span(out, buf_span(&edition->rankings[i].member));
        comma = true;
    }
    buf_add_text(out, "}}\n\n");
}

void
live_edition_snapshot(const struct live_edition *edition, struct buf *out)
{
    add_message(edition, "snapshot", true, out);
}

void
live_edition_update(const struct live_edition *edition, struct buf *out)
{
    add_message(edition, "update", false, out);
}
