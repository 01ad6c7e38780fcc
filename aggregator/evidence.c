#include "aggregator/evidence.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"

/* --- Frames --- */

static void
put_u64(char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (char)(value >> (8 * i));
}

static uint64_t
get_u64(const char *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)(uint8_t)at[i] << (8 * i);
    return value;
}

bool
evidence_is_entry(uint8_t kind)
{
    return kind == LOG_EVENTS || kind == LOG_ACTION || kind == LOG_DOCUMENT;
}

uint64_t
evidence_frame_bytes(struct span bytes)
{
    assert(bytes.len >= EVIDENCE_FRAME_BYTES);
    uint64_t payload = get_u64(bytes.at + 17);
    uint64_t mark = evidence_is_entry((uint8_t)bytes.at[16]) ? EVIDENCE_MARK_BYTES : 0;
    return payload <= LIMIT_EVIDENCE_PAYLOAD_BYTES ? EVIDENCE_FRAME_BYTES + payload + mark : UINT64_MAX;
}

struct evidence_frame
evidence_get_frame(struct span bytes)
{
    assert(evidence_frame_bytes(bytes) <= bytes.len);
    struct evidence_frame frame = {.first = get_u64(bytes.at),
                                   .last = get_u64(bytes.at + 8),
                                   .kind = (uint8_t)bytes.at[16],
                                   .payload = {bytes.at + EVIDENCE_FRAME_BYTES, get_u64(bytes.at + 17)}};
    if (evidence_is_entry(frame.kind))
        frame.mark = (struct span){frame.payload.at + frame.payload.len, EVIDENCE_MARK_BYTES};
    return frame;
}

/* --- The signature --- */

void
evidence_digest_init(struct evidence_digest *digest)
{
    sha256_init(&digest->state);
}

void
evidence_digest_add(struct evidence_digest *digest, struct span bytes)
{
    sha256_update(&digest->state, bytes.len, (const uint8_t *)bytes.at);
}

/* The first line stands before the digest, so that a key that signs other things too cannot be lured into
 * signing this one. */
static void
finish_message(struct evidence_digest *digest, uint8_t message[EVIDENCE_MAGIC_BYTES + SHA256_DIGEST_SIZE])
{
    memcpy(message, EVIDENCE_MAGIC, EVIDENCE_MAGIC_BYTES);
    sha256_digest(&digest->state, SHA256_DIGEST_SIZE, message + EVIDENCE_MAGIC_BYTES);
}

void
evidence_digest_sign(struct evidence_digest *digest, const uint8_t secret[crypto_sign_SECRETKEYBYTES],
                     uint8_t signature[EVIDENCE_SIGNATURE_BYTES])
{
    uint8_t message[EVIDENCE_MAGIC_BYTES + SHA256_DIGEST_SIZE];
    finish_message(digest, message);
    crypto_sign_detached(signature, NULL, message, sizeof message, secret);
}

bool
evidence_digest_holds(struct evidence_digest *digest, const uint8_t key[EVIDENCE_KEY_BYTES],
                      const uint8_t signature[EVIDENCE_SIGNATURE_BYTES])
{
    uint8_t message[EVIDENCE_MAGIC_BYTES + SHA256_DIGEST_SIZE];
    finish_message(digest, message);
    return crypto_sign_verify_detached(signature, message, sizeof message, key) == 0;
}

/* --- Writing --- */

static void
put(struct evidence_writer *writer, struct span bytes)
{
    if (writer->failed)
        return;
    evidence_digest_add(&writer->digest, bytes);
    writer->failed = !writer->write(bytes, writer->arg);
}

static void
put_frame(struct evidence_writer *writer, uint64_t first, uint64_t last, uint8_t kind, struct span payload)
{
    char head[EVIDENCE_FRAME_BYTES];
    put_u64(head, first);
    put_u64(head + 8, last);
    head[16] = (char)kind;
    put_u64(head + 17, payload.len);
    put(writer, (struct span){head, sizeof head});
    put(writer, payload);
}

static struct span
head_of(const struct fold *fold, size_t len)
{
    return (struct span){(const char *)fold_chain(fold)->head, len};
}

void
evidence_writer_init(struct evidence_writer *writer, struct span contest, uint32_t shard_count, uint64_t seed,
                     evidence_write_fn *write, void *arg)
{
    *writer = (struct evidence_writer){.write = write, .arg = arg};
    recount_init(&writer->recount, contest, shard_count, seed);
    evidence_digest_init(&writer->digest);
    put(writer, SPAN(EVIDENCE_MAGIC));
    put_frame(writer, shard_count, 0, EVIDENCE_BEGIN, contest);
}

void
evidence_writer_free(struct evidence_writer *writer)
{
    recount_free(&writer->recount);
}

bool
evidence_write_entry(struct evidence_writer *writer, const struct log_entry *entry, struct buf *trouble)
{
    assert(writer->shard < writer->recount.shard_count);
    bool fits = evidence_is_entry((uint8_t)entry->kind) && entry->payload.len <= LIMIT_EVIDENCE_PAYLOAD_BYTES;
    if (!fits || !recount_entry(&writer->recount, writer->shard, entry)) {
        char id[LOG_ID_SIZE];
        log_id_format(id, entry->id);
        buf_printf(trouble,
                   "entry %s of the log of shard %" PRIu32 " could not be read: no figure of this contest "
                   "can be trusted until its log is mended",
                   id, writer->shard);
        return false;
    }
    put_frame(writer, entry->id.ms, entry->id.seq, (uint8_t)entry->kind, entry->payload);
    put(writer, head_of(writer->recount.folds[writer->shard], EVIDENCE_MARK_BYTES));
    return !writer->failed;
}

bool
evidence_write_head(struct evidence_writer *writer, struct buf *trouble)
{
    const struct fold *fold = writer->recount.folds[writer->shard];
    if (!recount_shard_end(&writer->recount, writer->shard, trouble))
        return false;
    put_frame(writer, fold_entry_count(fold), fold_event_count(fold), EVIDENCE_HEAD,
              head_of(fold, CHAIN_BYTES));
    writer->shard++;
    return !writer->failed;
}

static void
put_json(struct evidence_writer *writer, uint64_t first, uint64_t last, uint8_t kind, const struct buf *json,
         struct buf *trouble)
{
    must_hold(json);
    if (json->len > LIMIT_EVIDENCE_PAYLOAD_BYTES) {
        buf_printf(trouble, "the results are larger than an evidence may hold (%d MB)",
                   LIMIT_EVIDENCE_PAYLOAD_BYTES >> 20);
        writer->failed = true;
    }
    put_frame(writer, first, last, kind, buf_span(json));
}

static void
put_results(struct evidence_writer *writer, struct buf *trouble)
{
    const struct results *results = &writer->recount.results;
    struct buf json = {0};
    for (size_t i = 0; i < results->version_count; i++) {
        const struct results_version *version = results->versions[i];
        buf_clear(&json);
        recount_version(&writer->recount, i, &json);
        put_json(writer, (uint64_t)version->number, (uint64_t)version->published_ms, EVIDENCE_VERSION, &json,
                 trouble);
    }
    buf_clear(&json);
    recount_summary(&writer->recount, &json);
    put_json(writer, results->version_count, 0, EVIDENCE_TOTALS, &json, trouble);
    buf_free(&json);
}

bool
evidence_write_end(struct evidence_writer *writer, const uint8_t secret[crypto_sign_SECRETKEYBYTES],
                   struct buf *trouble)
{
    assert(writer->shard == writer->recount.shard_count);
    uint8_t key[EVIDENCE_KEY_BYTES], signature[EVIDENCE_SIGNATURE_BYTES];
    if (!recount_results(&writer->recount, trouble))
        return false;
    put_results(writer, trouble);
    crypto_sign_ed25519_sk_to_pk(key, secret);
    put(writer, (struct span){(const char *)key, sizeof key});
    evidence_digest_sign(&writer->digest, secret, signature);
    struct span last = {(const char *)signature, sizeof signature};
    writer->failed = writer->failed || !writer->write(last, writer->arg);
    return !writer->failed;
}
