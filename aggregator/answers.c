#include "aggregator/answers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWERS_COUNT = 64 };

struct answer {
    const void *contest; /* NULL: free */
    struct resume_id place;
    struct buf target, body; /* owned */
    int64_t made_us, cost_us;
    uint64_t used; /* the larger, the later */
};

struct answers {
    struct answer slots[ANSWERS_COUNT];
    size_t bytes, bytes_most; /* of the bodies */
    uint64_t clock;           /* counts uses */
};

struct answers *
answers_new(size_t bytes_most)
{
    struct answers *answers = calloc(1, sizeof *answers);
    if (!answers)
        abort();
    answers->bytes_most = bytes_most;
    return answers;
}

static void
drop(struct answers *answers, struct answer *answer)
{
    answers->bytes -= answer->body.len;
    buf_free(&answer->target);
    buf_free(&answer->body);
    answer->contest = NULL;
}

void
answers_free(struct answers *answers)
{
    if (!answers)
        return;
    for (int i = 0; i < ANSWERS_COUNT; i++)
        drop(answers, &answers->slots[i]);
    free(answers);
}

static struct answer *
find_slot(struct answers *answers, const struct question *question)
{
    for (int i = 0; i < ANSWERS_COUNT; i++) {
        struct answer *answer = &answers->slots[i];
        if (answer->contest == question->contest && answer->place.view == question->place->view &&
            span_eq(buf_span(&answer->target), question->target))
            return answer;
    }
    return NULL;
}

/* How long it may be given after its contest has moved on. */
static int64_t
rest_us_of(const struct answer *answer)
{
    int64_t rest_us = answer->cost_us < ANSWERS_CHEAP_US ? 0 : answer->cost_us * ANSWERS_REST;
    return rest_us < ANSWERS_REST_MOST_MS * 1000 ? rest_us : ANSWERS_REST_MOST_MS * 1000;
}

/* A change of state ends the rest at once: nobody is told "running" when the contest is frozen. */
static bool
is_good(const struct answer *answer, const struct question *question)
{
    if (resume_id_equal(&answer->place, question->place))
        return true;
    return answer->place.state == question->place->state &&
           question->now_us - answer->made_us < rest_us_of(answer);
}

struct span
answers_find(struct answers *answers, const struct question *question)
{
    assert(question->contest);
    struct answer *answer = find_slot(answers, question);
    if (!answer || !is_good(answer, question))
        return (struct span){NULL, 0};
    answer->used = ++answers->clock;
    return buf_span(&answer->body);
}

/* The slot that is free, or was used the longest ago. */
static struct answer *
oldest_slot(struct answers *answers)
{
    struct answer *oldest = &answers->slots[0];
    for (int i = 0; i < ANSWERS_COUNT; i++) {
        if (!answers->slots[i].contest)
            return &answers->slots[i];
        if (answers->slots[i].used < oldest->used)
            oldest = &answers->slots[i];
    }
    return oldest;
}

static void
make_room(struct answers *answers, size_t len)
{
    while (answers->bytes + len > answers->bytes_most) {
        struct answer *oldest = NULL;
        for (int i = 0; i < ANSWERS_COUNT; i++) {
            struct answer *answer = &answers->slots[i];
            if (answer->contest && (!oldest || answer->used < oldest->used))
                oldest = answer;
        }
        assert(oldest);
        drop(answers, oldest);
    }
}

void
answers_keep(struct answers *answers, const struct question *question, struct span body, int64_t cost_us)
{
    assert(question->contest);
    struct answer *answer = find_slot(answers, question);
    if (answer)
        drop(answers, answer);
    if (body.len > answers->bytes_most / 4)
        return; /* it would push out all others */
    make_room(answers, body.len);
    answer = oldest_slot(answers);
    drop(answers, answer);
    buf_add_span(&answer->target, question->target);
    buf_add_span(&answer->body, body);
    answers->bytes += answer->body.len;
    answer->contest = question->contest;
    answer->place = *question->place;
    answer->made_us = question->now_us;
    answer->cost_us = cost_us;
    answer->used = ++answers->clock;
    if (answer->target.failed || answer->body.failed)
        drop(answers, answer);
}
