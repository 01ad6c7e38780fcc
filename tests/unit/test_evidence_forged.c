/* Evidence that was never exported, and what cannot be: frames made up and signed all the same; logs that are
 * none. */
#include "tests/unit/evidence_frames.h"

/* --- Frames that were never written, signed by who has the key --- */

/* Two shards, whose documents are not of the same people. */
static void
two_contests(struct fixture *fixture)
{
    static const char other[] =
        "{contest: tea-2021, title: 别, opens: 2021-11-26T08:00:00+08:00, closes: "
        "2021-11-30T00:00:00+08:00, counties: [{id: \"430223\", name: 攸县}], "
        "products: [{id: tofu, name: 香干, county: \"430223\"}], streamers: [{id: yz-01, "
        "name: 三队, county: \"430223\"}], sessions: [], rankings: []}";
    struct fixture second;
    fixture_begin(&second, 1, other);
    fixture_begin(fixture, 2, fixture_contest);
    buf_clear(&fixture->entries[1].payload);
    buf_add_span(&fixture->entries[1].payload, buf_span(&second.entries[0].payload));
    uint32_t shard = contest_shard_of("yz-01", 2);
    fixture->entries[1].shard = shard;
    fixture->entries[0].shard = 1 - shard;
    fixture_free(&second);
}

/* A frame of that payload; of an entry, with the mark that its chain has behind it. */
static struct span
make_frame(struct buf *out, const struct log_entry *head, struct chain *chain)
{
    char numbers[8 * 3];
    const uint64_t values[] = {head->id.ms, head->id.seq, head->payload.len};
    for (int i = 0; i < 24; i++)
        numbers[i] = (char)(values[i / 8] >> (8 * (i % 8)));
    buf_clear(out);
    buf_add(out, numbers, 16);
    buf_add_byte(out, (char)head->kind);
    buf_add(out, numbers + 16, 8);
    buf_add_span(out, head->payload);
    if (chain) {
        chain_extend(chain, head);
        buf_add(out, chain->head, EVIDENCE_MARK_BYTES);
    }
    return buf_span(out);
}

static void
must_say_of(const struct frames *frames, const char *part)
{
    struct buf file = {0};
    put_together(frames, KEY_SEED, &file);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, part);
    assert_true(verdict.is_signed);
    buf_free(&file);
}

static void
a_beginning_says_which_contest_and_how_many_shards(void **state)
{
    (void)state;
    static const struct log_entry wrong[] = {
        {{1, 0}, (enum log_kind)EVIDENCE_HEAD, SPAN("tea-2021")},
        {{0, 0}, (enum log_kind)EVIDENCE_BEGIN, SPAN("tea-2021")},
        {{LIMIT_SHARDS + 1, 0}, (enum log_kind)EVIDENCE_BEGIN, SPAN("tea-2021")},
        {{1, 1}, (enum log_kind)EVIDENCE_BEGIN, SPAN("tea-2021")},
        {{1, 0}, (enum log_kind)EVIDENCE_BEGIN, SPAN("No Contest")},
    };
    struct buf frame = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct frames frames = frames_of(&whole[0]);
        frames.whole[0] = make_frame(&frame, &wrong[i], NULL);
        must_say_of(&frames, "expected a contest's id and its number of shards");
    }
    buf_free(&frame);
}

static void
entries_are_in_order(void **state)
{
    (void)state;
    struct buf frame = {0};
    struct chain chain = {0};
    struct frames frames = frames_of(&whole[0]);
    struct evidence_frame first = evidence_get_frame(frames.whole[1]);
    struct log_entry document = {{first.first, first.last}, (enum log_kind)first.kind, first.payload};
    chain_extend(&chain, &document);
    insert_frame(&frames, 2, make_frame(&frame, &document, &chain)); /* again, and rightly chained */
    must_say_of(&frames, "entry 1 of shard 0");
    must_say_of(&frames, "its id is not behind that of the entry before it");
    buf_free(&frame);
}

static void
an_entry_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    struct buf frame = {0};
    struct chain chain = {0};
    struct frames frames = frames_of(&whole[0]);
    static const struct log_entry rubbish = {{1, 1}, LOG_EVENTS, SPAN("\xc1")};
    insert_frame(&frames, 1, make_frame(&frame, &rubbish, &chain));
    must_say_of(&frames, "entry 0 of shard 0 (1-1, at byte");
    must_say_of(&frames, "it could not be read, so no figure can be trusted");
    buf_free(&frame);
}

static void
results_have_neither_more_nor_less(void **state)
{
    (void)state;
    struct buf frame = {0}, longer = {0};
    struct frames frames = frames_of(&whole[1]);
    size_t last = frames.count - 1, first = first_of_kind(&frames, EVIDENCE_VERSION);
    struct evidence_frame totals = evidence_get_frame(frames.whole[last]);
    struct log_entry head = {{totals.first, totals.last}, (enum log_kind)totals.kind, {0}};
    buf_add_span(&longer, totals.payload);
    buf_add_byte(&longer, ' ');
    head.payload = buf_span(&longer);
    struct frames changed = frames;
    changed.whole[last] = make_frame(&frame, &head, NULL);
    must_say_of(&changed, "the totals: expected ");
    head.payload = totals.payload;
    head.id.seq = 1;
    changed.whole[last] = make_frame(&frame, &head, NULL);
    must_say_of(&changed, "the file has 2 versions and says 2, the log gives 2");
    head.id = (struct log_id){1, 0};
    changed.whole[last] = make_frame(&frame, &head, NULL);
    remove_frame(&changed, first + 1);
    must_say_of(&changed, "the file has 1 versions and says 1, the log gives 2");
    buf_free(&frame);
    buf_free(&longer);
}

/* All that was written before it was seen that the shards do not belong together, signed all the same. */
static void
shards_that_do_not_belong_together_are_found(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buf file = {0}, trouble = {0};
    two_contests(&fixture);
    assert_false(fixture_write(&fixture, KEY_SEED, &file, &trouble));
    for (int i = 0; i < EVIDENCE_END_BYTES; i++)
        buf_add_byte(&file, 0);
    struct frames frames = frames_of(&file);
    must_say_of(&frames, "do not agree on who takes part");
    fixture_free(&fixture);
    buf_free(&file);
    buf_free(&trouble);
}

static void
a_file_that_grows_or_shrinks_meanwhile_is_said(void **state)
{
    (void)state;
    struct span file = buf_span(&whole[0]);
    struct evidence_check *check = evidence_check_new(file.len, NULL, 1);
    assert_null(evidence_check_recount(check));
    evidence_check_add(check, (struct span){file.at, file.len - 1});
    const struct evidence_verdict *verdict = evidence_check_end(check);
    must_say(verdict, "the file has changed while it was read");
    assert_false(verdict->has_key);
    assert_int_equal(recount_event_count(evidence_check_recount(check)), 7);
    evidence_check_free(check);
    evidence_check_free(NULL);
}

/* --- What cannot be in an evidence, or cannot be written --- */

struct full_disk {
    size_t room; /* bytes */
    struct buf file;
    bool was_full;
};

static bool
write_to_disk(struct span bytes, void *arg)
{
    struct full_disk *disk = arg;
    assert_false(disk->was_full); /* whoever was told so does not try again */
    disk->was_full = bytes.len > disk->room - disk->file.len;
    if (!disk->was_full)
        buf_add_span(&disk->file, bytes);
    return !disk->was_full;
}

static bool
write_evidence(const struct fixture *fixture, struct full_disk *disk, struct buf *trouble)
{
    struct evidence_writer writer;
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    fixture_key(KEY_SEED, key, secret);
    evidence_writer_init(&writer, span_of(fixture->contest->id), 1, 7, write_to_disk, disk);
    bool good = true;
    for (size_t i = 0; i < fixture->count; i++) {
        const struct fixture_entry *made = &fixture->entries[i];
        struct log_entry entry = {made->id, made->kind, buf_span(&made->payload)};
        good = evidence_write_entry(&writer, &entry, trouble) && good;
    }
    good = evidence_write_head(&writer, trouble) && good;
    good = evidence_write_end(&writer, secret, trouble) && good;
    evidence_writer_free(&writer);
    return good;
}

static void
a_disk_that_is_full_is_no_success(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buf trouble = {0};
    fixture_begin(&fixture, 1, fixture_contest);
    fixture_play(&fixture);
    for (size_t room = 0; room <= whole[0].len; room += room < whole[0].len - 300 ? 97 : 1) {
        struct full_disk disk = {.room = room};
        assert_int_equal(write_evidence(&fixture, &disk, &trouble), room == whole[0].len);
        assert_int_equal(disk.was_full, room < whole[0].len);
        assert_int_equal(trouble.len, 0); /* whoever wrote knows why */
        buf_free(&disk.file);
    }
    fixture_free(&fixture);
}

static void
an_entry_that_is_too_large_is_refused(void **state)
{
    (void)state;
    struct buf file = {0}, trouble = {0};
    struct evidence_writer writer;
    struct log_entry huge = {{1, 0}, LOG_EVENTS, {"", LIMIT_EVIDENCE_PAYLOAD_BYTES + 1}};
    evidence_writer_init(&writer, SPAN("tea-2021"), 1, 7, fixture_append, &file);
    assert_false(evidence_write_entry(&writer, &huge, &trouble));
    assert_non_null(strstr(buf_text(&trouble), "entry 1-0 of the log of shard 0 could not be read"));
    evidence_writer_free(&writer);
    buf_free(&file);
    buf_free(&trouble);
}

static void
must_refuse(struct fixture *fixture, const char *part)
{
    struct buf file = {0}, trouble = {0};
    assert_false(fixture_write(fixture, KEY_SEED, &file, &trouble));
    if (!strstr(buf_text(&trouble), part))
        fail_msg("expected \"%s\" in \"%s\"", part, buf_text(&trouble));
    buf_free(&file);
    buf_free(&trouble);
    fixture_free(fixture);
}

static void
what_is_no_entry_of_a_log_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum log_kind kind;
        struct span payload;
    } strange[] = {{LOG_TOKEN, SPAN("{\"key\":\"aaaaaaaaaa\"}")},
                   {0, SPAN("")},
                   {LOG_EVENTS, SPAN("\xc1")},
                   {LOG_ACTION, SPAN("{}")},
                   {LOG_DOCUMENT, SPAN("{}")}};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        struct fixture fixture;
        fixture_begin(&fixture, 1, fixture_contest);
        fixture_everywhere(&fixture, strange[i].kind, strange[i].payload);
        must_refuse(&fixture, "could not be read");
    }
}

static void
an_event_in_another_shard_s_log_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture, 3, fixture_contest);
    int belongs_to = (int)contest_shard_of("yx-01", 3);
    fixture_event(&fixture, "yx-01",
                  "{\"id\":\"a-1\",\"type\":\"session.started\",\"time\":\"2021-11-26T09:00:00+08:00\","
                  "\"session\":\"s-1\"}",
                  (belongs_to + 1) % 3);
    must_refuse(&fixture, "event a-1 of streamer yx-01 stands in the log of shard");
}

static void
a_shard_without_its_contest_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture, 2, fixture_contest);
    fixture.entries[1].shard = 0;
    must_refuse(&fixture, "the log of shard 1 has no contest document");
}

static void
shards_of_two_contests_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    two_contests(&fixture);
    must_refuse(&fixture, "do not agree on who takes part");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beginning_says_which_contest_and_how_many_shards),
        cmocka_unit_test(entries_are_in_order),
        cmocka_unit_test(an_entry_that_cannot_be_read_is_named),
        cmocka_unit_test(results_have_neither_more_nor_less),
        cmocka_unit_test(shards_that_do_not_belong_together_are_found),
        cmocka_unit_test(a_file_that_grows_or_shrinks_meanwhile_is_said),
        cmocka_unit_test(a_disk_that_is_full_is_no_success),
        cmocka_unit_test(an_entry_that_is_too_large_is_refused),
        cmocka_unit_test(what_is_no_entry_of_a_log_is_refused),
        cmocka_unit_test(an_event_in_another_shard_s_log_is_refused),
        cmocka_unit_test(a_shard_without_its_contest_is_refused),
        cmocka_unit_test(shards_of_two_contests_are_refused),
    };
    return cmocka_run_group_tests(tests, make_files, free_files);
}
