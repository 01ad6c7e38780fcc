/*
 * Any bytes as an evidence file, whole and in pieces: both give the same verdict. Any bytes as logs: what can
 * be written holds, with the same numbers. The first byte says which, and how many shards.
 *
 * As logs: entries of shard (1 byte), kind (1), length (2, little-endian), payload; shard by shard as given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/evidence_check.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

enum { ENTRY_HEAD = 4, SHARDS_MOST = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct evidence_verdict
check(struct span file, size_t piece)
{
    struct evidence_check *check = evidence_check_new(file.len, NULL, 3);
    for (size_t at = 0; at < file.len; at += piece)
        evidence_check_add(check, (struct span){file.at + at, file.len - at < piece ? file.len - at : piece});
    struct evidence_verdict verdict = *evidence_check_end(check);
    evidence_check_free(check);
    return verdict;
}

static void
as_file(struct span file)
{
    struct evidence_verdict whole = check(file, file.len + 1), pieces = check(file, 7);
    MUST(whole.holds == pieces.holds && whole.is_signed == pieces.is_signed);
    MUST(strcmp(whole.problem.what, pieces.problem.what) == 0);
    MUST(whole.problem.offset == pieces.problem.offset && whole.problem.offset <= file.len);
    MUST(!whole.holds || whole.is_signed);
}

static bool
append(struct span bytes, void *arg)
{
    buf_add_span(arg, bytes);
    return true;
}

/* Writes the entries of the shard that is under way; false where one is refused. */
static bool
write_shard(struct evidence_writer *writer, struct span logs, struct buf *trouble)
{
    uint64_t number = 0;
    while (logs.len >= ENTRY_HEAD) {
        const uint8_t *head = (const uint8_t *)logs.at;
        size_t wanted = (size_t)head[2] | (size_t)head[3] << 8, rest = logs.len - ENTRY_HEAD;
        size_t len = wanted < rest ? wanted : rest;
        struct log_entry entry = {.id = {1637884800000 + number++, 0},
                                  .kind = (enum log_kind)head[1],
                                  .payload = {logs.at + ENTRY_HEAD, len}};
        if (head[0] % SHARDS_MOST == writer->shard && !evidence_write_entry(writer, &entry, trouble))
            return false;
        logs.at += ENTRY_HEAD + len;
        logs.len -= ENTRY_HEAD + len;
    }
    return evidence_write_head(writer, trouble);
}

static void
as_logs(uint32_t shard_count, struct span logs)
{
    struct evidence_writer writer;
    struct buf file = {0}, trouble = {0};
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES], seed[crypto_sign_SEEDBYTES] = {1};
    crypto_sign_seed_keypair(key, secret, seed);
    evidence_writer_init(&writer, SPAN("tea-2021"), shard_count, 5, append, &file);
    bool good = true;
    for (uint32_t i = 0; i < shard_count && good; i++)
        good = write_shard(&writer, logs, &trouble);
    good = good && evidence_write_end(&writer, secret, &trouble);
    MUST(good == (trouble.len == 0));
    if (good) {
        struct evidence_verdict verdict = check(buf_span(&file), 4096);
        MUST(verdict.holds && verdict.entries == recount_entry_count(&writer.recount));
        MUST(verdict.events == recount_event_count(&writer.recount));
        MUST(verdict.versions == writer.recount.results.version_count);
    }
    evidence_writer_free(&writer);
    buf_free(&file);
    buf_free(&trouble);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    struct span rest = {(const char *)bytes + 1, len - 1};
    if (bytes[0] % 4 == 0)
        as_file(rest);
    else
        as_logs(bytes[0] % 4, rest);
    return 0;
}
