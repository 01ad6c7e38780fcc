/*
 * Every limit of the product in one place, each with its reason. Where the contract (section 4, "Limits")
 * fixes a number, `GET /v1/limits` says it; the others are ours.
 */
#ifndef BOCHUANG_LIMITS_H
#define BOCHUANG_LIMITS_H

enum {
    /* HTTP, as the contract says. */
    LIMIT_BODY_BYTES = 8 << 20,
    LIMIT_HEAD_BYTES = 16 << 10,
    LIMIT_HEAD_FIELDS = 64,
    LIMIT_URI_BYTES = 2 << 10,
    LIMIT_CONNECTIONS = 8192,

    /* Events, as the contract says. */
    LIMIT_EVENTS_PER_REQUEST = 10000,
    LIMIT_EVENT_BYTES = 4 << 10,
    LIMIT_NESTING = 8,
    LIMIT_ID_BYTES = 64,
    LIMIT_COUNTY_ID_BYTES = 12,
    LIMIT_CONTEST_ID_BYTES = 40,
    LIMIT_REASON_BYTES = 500,
    LIMIT_FUTURE_MS = 10 * 60 * 1000,

    /* One action carries at most a whole contest's worth of registrations. */
    LIMIT_ACTION_BYTES = 1 << 20,

    /* A chunk extension or a trailer carries nothing for us: enough for a proxy's, no more. */
    LIMIT_CHUNK_LINE_BYTES = 256,
    LIMIT_TRAILER_BYTES = 4 << 10,

    /* Memory for all requests that are partly received: then those that want more of it are answered 503. */
    LIMIT_BUFFERED_BYTES = 512 << 20,

    /* Requests a client may have waiting on one connection; past that we stop reading from it. */
    LIMIT_PIPELINED = 64,

    /* How long a client may take, from the first byte of each part (absolute, not per byte). */
    LIMIT_HEAD_MS = 10 * 1000,
    LIMIT_BODY_MS = 60 * 1000,
    LIMIT_IDLE_MS = 75 * 1000,
    LIMIT_WRITE_MS = 30 * 1000,

    /* One entry of the log: big enough to share an fsync well, small enough to keep Redis's turn short. */
    LIMIT_ENTRY_BYTES = 1 << 20,

    /* Bytes that may wait for Redis in one shard before ingest answers 503. */
    LIMIT_WAITING_BYTES = 64 << 20,

    /* One piece of an evidence file: all figures of a version fit, and a length that was tampered with ends
     * before the memory does. */
    LIMIT_EVIDENCE_PAYLOAD_BYTES = 256 << 20,

    /* A platform's export: the widest seen have some 80 columns, the longest remark some KiB. */
    LIMIT_CSV_ROW_BYTES = 1 << 20,
    LIMIT_CSV_CELLS = 512,

    LIMIT_SHARDS = 64,
    LIMIT_CONTESTS = 64,
    LIMIT_CONTEST_FILE_BYTES = 16 << 20,
    LIMIT_YAML_NODES = 4 << 20, /* a full contest file has fewer; bounds what a small text can claim */
    LIMIT_YAML_ANCHORS = 256,
    LIMIT_ENTITIES = 1 << 20, /* of one kind in a contest */
    LIMIT_JUDGES = 64,
    LIMIT_CRITERIA = 32,
    LIMIT_RANKINGS = 64,
    LIMIT_SCORE_PARTS = 16,
    LIMIT_TIES = 8,
    LIMIT_WINNERS = 256,
    LIMIT_NAME_BYTES = 300,    /* of names and titles: what fits a screen */
    LIMIT_MAP_BYTES = 4 << 20, /* what every wall loads once: a county needs some hundred points */
    LIMIT_TALLY_DIMENSIONS = 3,
    LIMIT_NOTICE_DAYS = 365,
    LIMIT_SERIES_BUCKETS = 2880,

    /* Single events, blockers or actions in one list of a result: past that a list is no help to a person.
     * It then says how many there are in all. */
    LIMIT_LISTED = 10000,
};

#endif
