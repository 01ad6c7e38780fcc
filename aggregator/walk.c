#include "aggregator/walk.h"

#include "common/money.h"

enum { BATCH = 32 };

static void
add(struct figures *figures, enum metric metric, int64_t value)
{
    figures->value[metric] = fen_add(figures->value[metric], value);
}

static void
add_cell(struct figures *figures, const struct cell *cell)
{
    int64_t net_fen = fen_add(cell->gross_fen, -cell->refunded_fen);
    add(figures, METRIC_GROSS, cell->gross_fen);
    add(figures, METRIC_REFUNDED, cell->refunded_fen);
    add(figures, METRIC_NET, net_fen);
    add(figures, cell->channel == CHANNEL_ONLINE ? METRIC_ONLINE_NET : METRIC_OFFLINE_NET, net_fen);
    add(figures, METRIC_ORDERS, cell->orders);
    add(figures, METRIC_ORDERS_KEPT, cell->orders_kept);
    add(figures, METRIC_QUANTITY, cell->quantity);
    if (cell->reached_at_ms > figures->value[METRIC_REACHED_AT])
        figures->value[METRIC_REACHED_AT] = cell->reached_at_ms;
}

static void
add_session(struct figures *figures, const struct session_figures *session)
{
    static const enum metric metrics[SAMPLE_COUNT] = {
        [SAMPLE_VIEWERS] = METRIC_VIEWERS,
        [SAMPLE_LIKES] = METRIC_LIKES,
        [SAMPLE_FOLLOWERS] = METRIC_FOLLOWERS,
        [SAMPLE_COMMENTS] = METRIC_COMMENTS,
    };
    add(figures, METRIC_SESSIONS, session->held);
    for (int sample = 0; sample < SAMPLE_COUNT; sample++)
        add(figures, metrics[sample], session->sample[sample]);
}

/* All numbers of a batch are looked up before the first cell is added: most of the time would be waiting for
 * the memory of figures. Cells of products that the contest does not know hold refused sales only. */
static void
walk_batch(const struct cell *cells, size_t count, const struct walker *walker)
{
    uint32_t at[BATCH];
    for (size_t i = 0; i < count; i++) {
        at[i] = cells[i].product == CONTEST_NONE ? CONTEST_NONE : walker->of_cell(&cells[i], walker->arg);
        if (at[i] != CONTEST_NONE)
            __builtin_prefetch(*walker->figures + at[i], 1);
    }
    for (size_t i = 0; i < count; i++) {
        if (at[i] != CONTEST_NONE)
            add_cell(*walker->figures + at[i], &cells[i]);
    }
}

void
walk(const struct standing *standing, const struct walker *walker)
{
    const struct contest *contest = standing->contest;
    const struct cube *cube = &standing->cube;
    for (size_t i = 0; i < cube->cell_count; i += BATCH)
        walk_batch(&cube->cells[i], cube->cell_count - i < BATCH ? cube->cell_count - i : BATCH, walker);
    for (size_t i = 0; i < cube->session_count; i++) {
        struct spot spot = spot_of_session(contest, (uint32_t)i);
        uint32_t at = walker->of_spot(&spot, walker->arg);
        if (at != CONTEST_NONE)
            add_session(*walker->figures + at, &cube->sessions[i]);
    }
    for (size_t i = 0; i < cube->streamer_count; i++) {
        struct spot spot = spot_of_streamer((uint32_t)i);
        uint32_t at = walker->of_spot(&spot, walker->arg);
        if (at != CONTEST_NONE)
            add(*walker->figures + at, METRIC_VIDEOS, cube->videos[i]);
    }
}
