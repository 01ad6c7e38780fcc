#include "ingest/schedule.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/logline.h"
#include "ingest/hosted.h"

static bool
is_due(const struct hosted *hosted, const char *id, int64_t at_ms, int64_t now_ms)
{
    return at_ms != CONTEST_NEVER && at_ms <= now_ms && at_ms > registry_loaded_ms(hosted->registry) &&
           !registry_has_action(hosted->registry, span_of(id));
}

/* True where the action was due, and is queued now. */
static bool
queue_due(struct hosted *hosted, const char *type, int64_t at_ms, int64_t now_ms)
{
    char id[LIMIT_ID_BYTES + 1], entry[160];
    snprintf(id, sizeof id, "schedule-%s-%" PRId64, type, at_ms);
    if (!is_due(hosted, id, at_ms, now_ms))
        return false;
    snprintf(entry, sizeof entry, "{\"id\":\"%s\",\"type\":\"%s\",\"actor\":\"schedule\"}", id, type);
    log_info("contest %s: %s, as scheduled", hosted->id, type);
    steer_scheduled(hosted, span_of(entry));
    return true;
}

void
schedule_step(struct hosted *hosted, int64_t now_ms)
{
    const struct contest *contest = hosted_contest(hosted);
    if (!contest || hosted->steering.own_queued)
        return;
    if (!queue_due(hosted, "freeze", contest->freezes_ms, now_ms))
        queue_due(hosted, "close", contest->closes_ms, now_ms);
}
