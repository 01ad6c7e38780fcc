#include "aggregator/live.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "aggregator/live_edition.h"
#include "common/clock.h"
#include "common/logline.h"

enum {
    UPDATE_EVERY_MS = 200,   /* five a second */
    UPDATE_SELDOM_MS = 1000, /* where encoding is so costly that five a second would slow the board */
    UPDATE_REST = 10,        /* times what encoding cost */
    SENDS_PER_TURN = 128,    /* watchers served before others get their turn: some 2 ms */
    COMMENT_EVERY_MS = 15 * 1000,
    COMMENT_TURN_MS = 100,
    COMMENTS_PER_TURN = 256,
};

/* One open stream. */
struct watcher {
    TAILQ_ENTRY(watcher) of_view;
    struct live_view *view;     /* borrowed */
    struct http_stream *stream; /* the server's, until its on_close */
    uint64_t edition;           /* the number of the edition it has; 0: none */
    int64_t comment_ms;         /* when its next comment is due */
    char token_key[TOKEN_KEY_LEN + 1];
};

TAILQ_HEAD(watchers, watcher);

struct live_view {
    struct live *live;             /* borrowed */
    struct board_contest *contest; /* borrowed */
    enum view view;
    struct watchers watchers;
    size_t watcher_count;

    struct live_edition edition;
    struct http_block *snapshot, *update; /* of the edition; NULL where nobody wanted one yet */
    int64_t updated_ms;                   /* when its watchers got an edition last */
    int64_t cost_ms;                      /* of encoding it */

    struct event *timer; /* owned: the next edition, the next slice of a pass */
    bool armed;
    bool passing;
    struct watcher *next; /* while passing: who comes next, or NULL at the end */
    bool touched;         /* while passing: something changed */
    bool lagging;         /* somebody could not take what he was to get */
};

struct live {
    struct event_base *base;   /* borrowed */
    struct contests *contests; /* borrowed */
    struct counters *counters; /* borrowed */
    struct event *comments;    /* owned */
    struct http_block *comment;
};

/* --- Blocks: a message of the edition, encoded when first wanted --- */

static struct http_block *
make_block(struct live_view *view, void (*add)(const struct live_edition *edition, struct buf *out))
{
    struct buf message = {0};
    add(&view->edition, &message);
    struct http_block *block = message.failed ? NULL : http_block_new(buf_span(&message));
    buf_free(&message);
    return block;
}

static struct http_block *
snapshot_of(struct live_view *view)
{
    if (!view->snapshot)
        view->snapshot = make_block(view, live_edition_snapshot);
    return view->snapshot;
}

static struct http_block *
update_of(struct live_view *view)
{
    if (!view->update)
        view->update = make_block(view, live_edition_update);
    return view->update;
}

static void
drop_blocks(struct live_view *view)
{
    http_block_release(view->snapshot);
    http_block_release(view->update);
    view->snapshot = view->update = NULL;
}

/* Encodes a new edition where the view no longer stands where it stood; true where there is one. */
static bool
refresh(struct live_view *view)
{
    struct resume_id place;
    int64_t wall_ms = clock_wall_ms(), begun_ms = clock_steady_ms();
    if (contest_obstacle(view->contest))
        return false;
    contest_place(view->contest, view->view, wall_ms, &place);
    if (view->edition.made && resume_id_equal(&place, &view->edition.place))
        return false;
    struct envelope envelope = board_envelope(view->contest, view->view, wall_ms);
    drop_blocks(view);
    bool encoded = live_edition_next(&view->edition, &envelope, &place);
    int64_t now_ms = clock_steady_ms();
    view->cost_ms = now_ms - begun_ms;
    if (view->watcher_count > 0)
        view->updated_ms = now_ms;
    view->live->counters->updates_encoded++;
    return encoded;
}

/* --- Passes over the watchers --- */

static int64_t
interval_ms(const struct live_view *view)
{
    int64_t rest_ms = view->cost_ms * UPDATE_REST;
    if (rest_ms > UPDATE_SELDOM_MS)
        return UPDATE_SELDOM_MS;
    return rest_ms > UPDATE_EVERY_MS ? rest_ms : UPDATE_EVERY_MS;
}

static void
arm_in(struct live_view *view, int64_t delay_ms)
{
    struct timeval delay = {delay_ms / 1000, delay_ms % 1000 * 1000};
    view->armed = event_add(view->timer, &delay) == 0;
}

/* Sees to it that the view is looked at as soon as its last edition is old enough. */
static void
arm(struct live_view *view)
{
    view->touched = true;
    if (view->armed || view->passing)
        return;
    int64_t left_ms = view->updated_ms + interval_ms(view) - clock_steady_ms();
    arm_in(view, left_ms > 0 ? left_ms : 0);
}

static bool
give(struct live_view *view, struct watcher *watcher, struct http_block *block)
{
    if (!block || !http_stream_send(watcher->stream, block)) {
        view->live->counters->messages_skipped++;
        return false;
    }
    view->live->counters->messages_sent++;
    watcher->edition = view->edition.number;
    return true;
}

/* Gives a watcher what it lacks, if it can take it. */
static void
bring_up(struct live_view *view, struct watcher *watcher)
{
    if (watcher->edition == view->edition.number)
        return;
    bool given = false;
    if (watcher->edition + 1 == view->edition.number)
        given = give(view, watcher, update_of(view));
    else if (http_stream_idle(watcher->stream))
        given = give(view, watcher, snapshot_of(view));
    view->lagging = view->lagging || !given;
}

static void
pass(struct live_view *view)
{
    for (int quota = SENDS_PER_TURN; view->next && quota > 0; quota--) {
        struct watcher *watcher = view->next;
        view->next = TAILQ_NEXT(watcher, of_view);
        bring_up(view, watcher);
    }
    if (view->next) {
        arm_in(view, 0);
        return;
    }
    view->passing = false;
    if (view->touched)
        arm(view);
    else if (view->lagging)
        arm_in(view, UPDATE_EVERY_MS);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct live_view *view = arg;
    view->armed = false;
    if (view->passing) {
        pass(view);
        return;
    }
    view->touched = false;
    if (view->watcher_count == 0 || (!refresh(view) && !view->lagging) || !view->edition.made)
        return;
    view->lagging = false;
    view->passing = true;
    view->next = TAILQ_FIRST(&view->watchers);
    pass(view);
}

/* --- Comments: so that proxies and clients see that the stream is alive --- */

static void
comment_view(struct live_view *view, int64_t now_ms)
{
    struct watcher *watcher;
    int quota = COMMENTS_PER_TURN; /* the rest comes next time, and is then spread for good */
    TAILQ_FOREACH(watcher, &view->watchers, of_view)
    {
        if (watcher->comment_ms > now_ms)
            continue;
        if (quota-- == 0)
            return;
        http_stream_send(watcher->stream, view->live->comment);
        watcher->comment_ms = now_ms + COMMENT_EVERY_MS;
    }
}

static void
comments_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    const struct live *live = arg;
    int64_t now_ms = clock_steady_ms();
    for (size_t i = 0; i < live->contests->count; i++) {
        for (int view = 0; view < VIEW_COUNT; view++) {
            if (live->contests->items[i]->live[view])
                comment_view(live->contests->items[i]->live[view], now_ms);
        }
    }
}

/* --- Watchers come and go --- */

static void
close_cb(void *arg)
{
    struct watcher *watcher = arg;
    struct live_view *view = watcher->view;
    if (view->next == watcher)
        view->next = TAILQ_NEXT(watcher, of_view);
    TAILQ_REMOVE(&view->watchers, watcher, of_view);
    view->watcher_count--;
    view->live->counters->watchers--;
    free(watcher);
}

static struct live_view *
view_of(struct live *live, struct board_contest *contest, enum view view)
{
    struct live_view **place = &contest->live[view];
    if (*place)
        return *place;
    struct live_view *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->live = live;
    made->contest = contest;
    made->view = view;
    made->timer = evtimer_new(live->base, timer_cb, made);
    TAILQ_INIT(&made->watchers);
    if (!made->timer) {
        free(made);
        return NULL;
    }
    *place = made;
    return made;
}

/* The first message: none where the client has seen the present edition before it came back. */
static void
greet(struct live_view *view, struct watcher *watcher, struct span last_event_id)
{
    struct resume_id last;
    if (last_event_id.len > 0 && resume_id_parse(last_event_id, &last) &&
        resume_id_equal(&last, &view->edition.place))
        watcher->edition = view->edition.number;
    else if (!give(view, watcher, snapshot_of(view)))
        view->lagging = true;
    if (view->lagging)
        arm(view);
}

static void
refuse(struct http_exchange *exchange)
{
    http_answer_error(exchange, 503, "unavailable", 1, "There is no memory for another live stream now.");
}

void
live_watch(struct live *live, struct board_contest *contest, enum view which,
           const struct token_record *token, struct http_exchange *exchange, const struct http_head *head)
{
    struct live_view *view = view_of(live, contest, which);
    struct watcher *watcher = calloc(1, sizeof *watcher);
    if (view && view->watcher_count == 0)
        refresh(view);
    if (!view || !watcher || !view->edition.made) {
        free(watcher);
        refuse(exchange);
        return;
    }
    watcher->view = view;
    watcher->comment_ms = clock_steady_ms() + COMMENT_EVERY_MS;
    if (which == VIEW_LIVE)
        memcpy(watcher->token_key, token->key, sizeof watcher->token_key);
    watcher->stream =
        http_stream_start(exchange, "text/event-stream", "X-Accel-Buffering: no\r\n", close_cb, watcher);
    if (!watcher->stream) {
        free(watcher);
        return;
    }
    TAILQ_INSERT_TAIL(&view->watchers, watcher, of_view);
    view->watcher_count++;
    live->counters->watchers++;
    greet(view, watcher, http_field(head, "last-event-id"));
}

static void
end_all(struct live_view *view)
{
    struct watcher *watcher;
    TAILQ_FOREACH(watcher, &view->watchers, of_view)
    http_stream_end(watcher->stream);
}

void
live_touch(struct live *live, struct board_contest *contest)
{
    (void)live;
    for (int which = 0; which < VIEW_COUNT; which++) {
        struct live_view *view = contest->live[which];
        if (!view || view->watcher_count == 0)
            continue;
        if (contest->unreadable)
            end_all(view);
        else
            arm(view);
    }
}

static bool
token_stands(const struct token_book *book, const char *key)
{
    for (size_t i = 0; i < token_book_count(book); i++) {
        const struct token_record *record = token_book_at(book, i);
        if (strcmp(record->key, key) == 0)
            return !record->revoked;
    }
    return false;
}

void
live_check_tokens(struct live *live, struct board_contest *contest)
{
    (void)live;
    struct live_view *view = contest->live[VIEW_LIVE];
    struct watcher *watcher;
    if (!view)
        return;
    TAILQ_FOREACH(watcher, &view->watchers, of_view)
    {
        if (!token_stands(contest->tokens, watcher->token_key))
            http_stream_end(watcher->stream);
    }
}

/* --- Life and death --- */

struct live *
live_new(struct event_base *base, struct contests *contests, struct counters *counters)
{
    struct live *live = calloc(1, sizeof *live);
    struct timeval turn = {0, COMMENT_TURN_MS * 1000};
    if (!live)
        abort();
    live->base = base;
    live->contests = contests;
    live->counters = counters;
    live->comment = http_block_new(SPAN(":\n\n"));
    live->comments = event_new(base, -1, EV_PERSIST, comments_cb, live);
    if (!live->comment || !live->comments || event_add(live->comments, &turn) != 0)
        abort();
    return live;
}

static void
view_free(struct live_view *view)
{
    if (!view)
        return;
    assert(view->watcher_count == 0);
    event_free(view->timer);
    drop_blocks(view);
    live_edition_free(&view->edition);
    free(view);
}

void
live_free(struct live *live)
{
    if (!live)
        return;
    for (size_t i = 0; i < live->contests->count; i++) {
        for (int view = 0; view < VIEW_COUNT; view++) {
            view_free(live->contests->items[i]->live[view]);
            live->contests->items[i]->live[view] = NULL;
        }
    }
    event_free(live->comments);
    http_block_release(live->comment);
    free(live);
}
