/*
 * How fast the fold is: one thread, a log in memory as it would come from Redis.
 *
 *   fold_bench CONTEST_FILE EVENTS [CSV]
 *   fold_bench CONTEST_FILE EVENTS --evidence FILE
 *
 * Makes EVENTS events (5 % duplicates, 3 % refunds, the rest sales) in blobs of 1,000, folds them, and prints
 * one JSON object. With CSV, the same events are written there, for a peer to work on. With --evidence
 * nothing is measured: an evidence file of these events, 10 an entry, and of a publish is written, to measure
 * `verify` with.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aggregator/evidence.h"
#include "aggregator/tally.h"
#include "common/clock.h"
#include "common/contest.h"
#include "common/wire.h"

enum { BLOB_EVENTS = 1000, ENTRY_EVENTS = 10, DUPLICATE_PERCENT = 5, REFUND_PERCENT = 3, LOOK_BACK = 5000 };

struct maker {
    const struct contest *contest;
    uint64_t random;
    uint64_t sales; /* made so far; sale n has the id "69…n" */
    FILE *csv;
};

/* splitmix64 */
static uint64_t
next_random(struct maker *maker)
{
    uint64_t z = maker->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Everything about sale `n` follows from n, so that a duplicate can be made again without being kept. */
static void
make_sale(const struct maker *maker, uint64_t n, struct event *event, char id[24])
{
    struct maker own = {.random = n};
    const struct contest *contest = maker->contest;
    const struct session *session = &contest->sessions[next_random(&own) % contest->session_count];
    const struct product *product = &contest->products[next_random(&own) % contest->product_count];
    snprintf(id, 24, "69%017" PRIu64, n);
    *event = (struct event){
        .type = EVENT_ORDER_PAID,
        .id = span_of(id),
        .time_ms = session->starts_ms +
                   (int64_t)(next_random(&own) % (uint64_t)(session->ends_ms - session->starts_ms)),
        .session = span_of(session->id),
        .product = span_of(product->id),
        .quantity = 1 + (int64_t)(next_random(&own) % 5),
        .amount_fen = 990 + (int64_t)(next_random(&own) % 10000),
    };
}

static void
make_refund(const struct maker *maker, uint64_t of, struct event *event, char id[24], char of_id[24])
{
    make_sale(maker, of, event, of_id);
    snprintf(id, 24, "70%017" PRIu64, of);
    event->type = EVENT_ORDER_REFUNDED;
    event->id = span_of(id);
    event->of = span_of(of_id);
    event->amount_fen = 100;
}

static void
write_csv(const struct maker *maker, const struct event *event)
{
    fprintf(maker->csv, "%.*s,%d,%" PRId64 ",%.*s,%.*s,%.*s,%" PRId64 ",%" PRId64 "\n", SPAN_FMT(event->id),
            event->type, event->time_ms, SPAN_FMT(event->session), SPAN_FMT(event->product),
            SPAN_FMT(event->of), event->quantity, event->amount_fen);
}

static void
make_event(struct maker *maker, struct buf *blob)
{
    struct event event;
    char id[24], of_id[24];
    uint64_t kind = next_random(maker) % 100;
    uint64_t earlier =
        maker->sales -
        (maker->sales ? next_random(maker) % (maker->sales < LOOK_BACK ? maker->sales : LOOK_BACK) : 0);
    if (maker->sales > 0 && kind < DUPLICATE_PERCENT)
        make_sale(maker, earlier, &event, id);
    else if (maker->sales > 0 && kind < DUPLICATE_PERCENT + REFUND_PERCENT)
        make_refund(maker, earlier, &event, id, of_id);
    else
        make_sale(maker, ++maker->sales, &event, id);
    wire_put_event(blob, &event);
    if (maker->csv)
        write_csv(maker, &event);
}

static struct contest *
load_contest(const char *path, struct buf *document)
{
    struct buf text = {0};
    FILE *file = fopen(path, "rb");
    assert(file);
    buf_reserve(&text, LIMIT_CONTEST_FILE_BYTES);
    text.len = fread(text.at, 1, LIMIT_CONTEST_FILE_BYTES, file);
    fclose(file);
    struct errors errors = {0};
    struct contest *contest = contest_load(buf_span(&text), &errors);
    assert(contest);
    contest_to_json(contest, document);
    buf_free(&text);
    return contest;
}

static void
report(const struct fold *fold, uint64_t events, double seconds, double cpu_s)
{
    struct totals totals;
    totals_make(fold_live(fold), &totals);
    /* An id takes 19 bytes here; what the fold needs beyond it is the figure of interest. */
    double beyond_id = (double)fold_memory_bytes(fold) / (double)events - 19.0;
    printf(
        "{\"events\":%" PRIu64
        ",\"seconds\":%.3f,\"cpu_s\":%.3f,\"events_per_s\":%.0f,\"bytes_beyond_id\":%.1f,\"net_fen\":%" PRId64
        ",\"orders\":%" PRId64 ",\"duplicates\":%" PRId64 "}\n",
        events, seconds, cpu_s, (double)events / seconds, beyond_id, totals.figures.value[METRIC_NET],
        totals.figures.value[METRIC_ORDERS], totals.counts.duplicates);
}

/* --- An evidence file of the same events --- */

static bool
write_cb(struct span bytes, void *arg)
{
    return fwrite(bytes.at, 1, bytes.len, arg) == bytes.len;
}

struct evidence_making {
    struct evidence_writer writer;
    struct log_id next;
    struct buf trouble;
};

static void
put_entry(struct evidence_making *making, enum log_kind kind, struct span payload)
{
    struct log_entry entry = {.id = making->next, .kind = kind, .payload = payload};
    making->next.ms++;
    if (!evidence_write_entry(&making->writer, &entry, &making->trouble)) {
        fprintf(stderr, "fold_bench: %s\n", buf_text(&making->trouble));
        exit(1);
    }
}

static void
put_publish(struct evidence_making *making)
{
    put_entry(making, LOG_ACTION, SPAN("{\"id\":\"close\",\"type\":\"close\",\"actor\":\"organiser a\"}"));
    put_entry(making, LOG_ACTION,
              SPAN("{\"id\":\"publish\",\"type\":\"publish\",\"actor\":\"judge b\",\"reason\":\"bench\","
                   "\"override\":true}"));
}

static bool
write_evidence(struct maker *maker, uint64_t events, struct span document, const char *path)
{
    struct evidence_making making = {.next = {(uint64_t)maker->contest->opens_ms, 0}};
    uint8_t key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct buf blob = {0};
    FILE *file = fopen(path, "wb");
    assert(file);
    crypto_sign_keypair(key, secret);
    evidence_writer_init(&making.writer, span_of(maker->contest->id), 1, 7, write_cb, file);
    put_entry(&making, LOG_DOCUMENT, document);
    for (uint64_t done = 0; done < events; done += ENTRY_EVENTS) {
        buf_clear(&blob);
        for (int event = 0; event < ENTRY_EVENTS; event++)
            make_event(maker, &blob);
        put_entry(&making, LOG_EVENTS, buf_span(&blob));
    }
    put_publish(&making);
    bool written = evidence_write_head(&making.writer, &making.trouble) &&
                   evidence_write_end(&making.writer, secret, &making.trouble);
    evidence_writer_free(&making.writer);
    buf_free(&blob);
    return fclose(file) == 0 && written;
}

/* The fold of the document and all blobs, and what the blobs took. The caller frees. */
static struct fold *
fold_all(struct span document, const struct buf *blobs, size_t count, double *seconds, double *cpu_s)
{
    struct fold *fold = fold_new(0, 1, 7);
    struct log_entry entry = {.id = {1, 0}, .kind = LOG_DOCUMENT, .payload = document};
    bool ok = fold_entry(fold, &entry);
    int64_t begun_ms = clock_steady_ms();
    clock_t cpu = clock();
    for (size_t i = 0; i < count && ok; i++) {
        entry = (struct log_entry){.id = {i + 2, 0}, .kind = LOG_EVENTS, .payload = buf_span(&blobs[i])};
        ok = fold_entry(fold, &entry);
    }
    assert(ok);
    *seconds = (double)(clock_steady_ms() - begun_ms) / 1000;
    *cpu_s = (double)(clock() - cpu) / CLOCKS_PER_SEC;
    return fold;
}

int
main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: fold_bench CONTEST_FILE EVENTS [CSV | --evidence FILE]\n");
        return 2;
    }
    if (sodium_init() < 0)
        return 1;
    struct buf document = {0};
    struct contest *contest = load_contest(argv[1], &document);
    uint64_t events = strtoull(argv[2], NULL, 10);
    size_t blob_count = (size_t)(events / BLOB_EVENTS);
    struct buf *blobs = calloc(blob_count, sizeof *blobs);
    struct maker maker = {.contest = contest, .random = 42};
    if (argc > 4 && strcmp(argv[3], "--evidence") == 0)
        return !write_evidence(&maker, events, buf_span(&document), argv[4]);
    maker.csv = argc > 3 ? fopen(argv[3], "w") : NULL;
    for (size_t i = 0; i < blob_count; i++) {
        for (int event = 0; event < BLOB_EVENTS; event++)
            make_event(&maker, &blobs[i]);
    }
    if (maker.csv)
        fclose(maker.csv);
    /* The first pass is not counted: it brings this process its memory, which a virtual machine may have to
     * ask its host for. The peer, one process for all its runs, has its own by then too. */
    double seconds, cpu_s;
    fold_free(fold_all(buf_span(&document), blobs, blob_count, &seconds, &cpu_s));
    struct fold *fold = fold_all(buf_span(&document), blobs, blob_count, &seconds, &cpu_s);
    report(fold, events, seconds, cpu_s);
    return 0;
}
