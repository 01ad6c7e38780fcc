#include "ingest/ingest.h"

#include "common/logline.h"
#include "ingest/hosted.h"
#include "ingest/survey.h"

bool
ingest_can_commit(const struct ingest *ingest)
{
    return ingest->link && redis_link_up(ingest->link) && survey_is_good(ingest->survey);
}

struct hosted *
ingest_find(const struct ingest *ingest, struct span id)
{
    for (size_t i = 0; i < ingest->hosted_count; i++)
        if (span_is(id, ingest->hosted[i]->id))
            return ingest->hosted[i];
    return NULL;
}

void
ingest_host(struct ingest *ingest, struct span id, uint32_t shards)
{
    if (ingest_find(ingest, id))
        return;
    struct hosted *hosted = NULL;
    if (ingest->hosted_count < LIMIT_CONTESTS)
        hosted = hosted_new(ingest, id, shards);
    if (hosted)
        ingest->hosted[ingest->hosted_count++] = hosted;
    else
        log_error("contest %.*s: cannot be served: %d are, or memory is out", SPAN_FMT(id),
                  (int)ingest->hosted_count);
}

void
ingest_redis_changed(struct ingest *ingest)
{
    bool good = ingest_can_commit(ingest);
    for (size_t i = 0; i < ingest->hosted_count; i++) {
        if (good)
            hosted_step(ingest->hosted[i]);
        else
            hosted_suspend(ingest->hosted[i]);
    }
}

const char *
ingest_not_ready(const struct ingest *ingest)
{
    const char *complaint = survey_complaint(ingest->survey);
    if (complaint)
        return complaint;
    if (ingest->draining)
        return "stopping";
    if (!survey_has_no_files(ingest->survey))
        return "a contest file is not loaded yet";
    for (size_t i = 0; i < ingest->hosted_count; i++) {
        const struct hosted *hosted = ingest->hosted[i];
        bool nothing_there = !hosted_contest(hosted) && !hosted->file; /* listed, but never loaded */
        if (!hosted_is_current(hosted))
            return "a contest is still being read from the log";
        if (!hosted->opened && !nothing_there)
            return "a contest is not loaded yet";
    }
    return NULL;
}
