/* The evidence file: what is written holds, and nothing else does. */
#include "tests/unit/evidence_frames.h"

enum { RANDOM_CHANGES = 10000 };

static void
must_fail(struct span file, const char *what)
{
    struct evidence_verdict verdict = fixture_check(file, NULL, WHOLE);
    if (verdict.holds || !verdict.problem.what[0])
        fail_msg("it holds although %s", what);
}

/* --- What is written holds --- */

static void
what_is_written_holds(void **state)
{
    (void)state;
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    fixture_key(KEY_SEED, key, secret);
    for (size_t i = 0; i < 3; i++) {
        struct evidence_verdict verdict = fixture_check(buf_span(&whole[i]), key, WHOLE);
        assert_string_equal(verdict.problem.what, "");
        assert_true(verdict.holds && verdict.is_signed && verdict.is_by_wanted);
        assert_int_equal(verdict.versions, 2);
        assert_int_equal(verdict.events, 7);
        assert_memory_equal(verdict.key, key, sizeof key);
    }
}

static void
however_it_is_cut_into_pieces(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 400; piece += piece < 30 ? 1 : 37) {
        struct evidence_verdict verdict = fixture_check(buf_span(&whole[1]), NULL, piece);
        assert_true(verdict.holds && verdict.is_signed && !verdict.is_by_wanted);
    }
}

static void
so_does_a_contest_that_published_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buf file = {0}, trouble = {0};
    fixture_begin(&fixture, 2, fixture_contest);
    assert_true(fixture_write(&fixture, KEY_SEED, &file, &trouble));
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    assert_true(verdict.holds);
    assert_int_equal(verdict.versions + verdict.events, 0);
    assert_int_equal(verdict.entries, 2);
    buf_free(&file);
    fixture_free(&fixture);
}

/* --- Nothing else does --- */

static uint64_t
next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* A change in an entry is found at that entry, one in the results at the byte or, as one of the length, by
 * the frame's end. */
static void
must_be_said_where(const struct frames *frames, const struct buf *file, size_t at,
                   const struct evidence_problem *problem)
{
    for (size_t i = 1; i < frames->count; i++) {
        size_t from = (size_t)(frames->whole[i].at - file->at);
        if (at < from || at >= from + frames->whole[i].len)
            continue;
        size_t end = from + frames->whole[i].len;
        size_t until = evidence_is_entry(frames->kind[i]) ? from
                       : at < from + EVIDENCE_FRAME_BYTES ? end
                                                          : at;
        if (problem->offset < from || problem->offset > until)
            fail_msg("byte %zu changed, in the frame at %zu, but the problem is said to be at %llu: %s", at,
                     from, (unsigned long long)problem->offset, problem->what);
    }
}

static void
ten_thousand_changed_bytes_are_all_found(void **state)
{
    (void)state;
    uint64_t random = 0x9e3779b97f4a7c15;
    struct buf *file = &whole[0];
    struct frames frames = frames_of(file);
    for (int i = 0; i < RANDOM_CHANGES; i++) {
        size_t at = (size_t)(next_random(&random) % file->len);
        char change = (char)(1 + next_random(&random) % 255);
        file->at[at] = (char)(file->at[at] ^ change);
        struct evidence_verdict verdict = fixture_check(buf_span(file), NULL, WHOLE);
        file->at[at] = (char)(file->at[at] ^ change);
        if (verdict.holds || verdict.is_signed || !verdict.problem.what[0])
            fail_msg("byte %zu changed by %d: it holds", at, change);
        must_be_said_where(&frames, file, at, &verdict.problem);
    }
    assert_true(fixture_check(buf_span(file), NULL, WHOLE).holds);
}

static void
so_is_one_bit_wherever_it_is(void **state)
{
    (void)state;
    struct buf *file = &whole[1];
    for (size_t at = 0; at < file->len; at += 13) {
        file->at[at] = (char)(file->at[at] ^ 1);
        must_fail(buf_span(file), "a byte was changed");
        file->at[at] = (char)(file->at[at] ^ 1);
    }
}

static void
a_cut_file_fails_wherever_it_is_cut(void **state)
{
    (void)state;
    for (size_t len = 0; len < whole[1].len; len += 23)
        must_fail((struct span){whole[1].at, len}, "it is cut");
}

static void
a_padded_file_fails(void **state)
{
    (void)state;
    struct buf longer = {0};
    buf_add_span(&longer, buf_span(&whole[0]));
    for (int i = 0; i < 200; i++) {
        buf_add_byte(&longer, i % 2 ? '\0' : '\n');
        must_fail(buf_span(&longer), "something stands behind it");
    }
    buf_free(&longer);
}

static void
the_entry_is_named_that_was_removed_added_or_moved(void **state)
{
    (void)state;
    struct buf file = {0};
    struct frames frames = frames_of(&whole[0]);
    size_t last_entry = first_of_kind(&frames, EVIDENCE_HEAD) - 1;
    for (size_t at = 1; at < last_entry; at++) { /* frame 0 is the beginning: entry n is frame n + 1 */
        struct frames changed = frames;
        remove_frame(&changed, at);
        put_together(&changed, KEY_SEED, &file);
        struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
        must_say(&verdict, "the chain breaks here");
        assert_int_equal(verdict.problem.entry, at - 1);
        assert_int_equal(verdict.problem.shard, 0);

        changed = frames;
        insert_frame(&changed, at + 1, frames.whole[at]);
        put_together(&changed, KEY_SEED, &file);
        verdict = fixture_check(buf_span(&file), NULL, WHOLE);
        must_say(&verdict, "the chain breaks here");
        assert_int_equal(verdict.problem.entry, at);

        changed = frames;
        changed.whole[at] = frames.whole[at + 1];
        changed.whole[at + 1] = frames.whole[at];
        put_together(&changed, KEY_SEED, &file);
        verdict = fixture_check(buf_span(&file), NULL, WHOLE);
        must_say(&verdict, "the chain breaks here");
        assert_int_equal(verdict.problem.entry, at - 1);
    }
    struct frames changed = frames;
    remove_frame(&changed, last_entry);
    put_together(&changed, KEY_SEED, &file);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "the file says 17 entries and 7 events, it holds 16 and 7");
    buf_free(&file);
}

/* Whoever has the key can sign anything: a figure that the log does not give is found all the same. */
static void
a_version_that_was_changed_and_signed_again_is_named(void **state)
{
    (void)state;
    struct buf file = {0}, changed_frame = {0};
    struct frames frames = frames_of(&whole[1]);
    size_t at = first_of_kind(&frames, EVIDENCE_VERSION) + 1;
    buf_add_span(&changed_frame, frames.whole[at]);
    char *figure = memmem(changed_frame.at, changed_frame.len, "\"gross_fen\":", 12);
    assert_non_null(figure);
    figure[12] = (char)(figure[12] == '9' ? '8' : figure[12] + 1);
    frames.whole[at] = buf_span(&changed_frame);
    put_together(&frames, KEY_SEED, &file);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "version 2: ");
    must_say(&verdict, "gross_fen differs: the log gives 2");
    assert_true(verdict.is_signed);
    assert_int_equal(verdict.problem.version, 2);
    assert_int_equal(verdict.versions, 1);
    assert_int_equal(file.at[verdict.problem.offset], figure[12]);
    buf_free(&changed_frame);
    buf_free(&file);
}

static void
so_is_a_version_that_is_missing_or_too_many(void **state)
{
    (void)state;
    struct buf file = {0};
    struct frames frames = frames_of(&whole[1]);
    size_t first = first_of_kind(&frames, EVIDENCE_VERSION);
    struct frames changed = frames;
    remove_frame(&changed, first);
    put_together(&changed, KEY_SEED, &file);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "version 1: the file has version 2");
    changed = frames;
    remove_frame(&changed, first + 1);
    put_together(&changed, KEY_SEED, &file);
    verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "the file has 1 versions");
    insert_frame(&frames, first + 2, frames.whole[first + 1]);
    put_together(&frames, KEY_SEED, &file);
    verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "the log has only 2 published versions");
    buf_free(&file);
}

/* A whole other log, chained and marked as it must be, under the results of this one. */
static void
results_of_another_log_fail(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buf other = {0}, file = {0}, trouble = {0};
    fixture_begin(&fixture, 2, fixture_contest);
    fixture_sale(&fixture, "yz-01", "s-3", "one-more", 1);
    fixture_play(&fixture);
    for (size_t i = 2; i < fixture.count; i++)
        fixture.entries[i].id.ms--; /* so that all but that sale is as it was */
    fixture.entries[2].id = fixture.entries[0].id;
    fixture.entries[2].id.seq = 1;
    assert_true(fixture_write(&fixture, KEY_SEED, &other, &trouble));
    struct frames frames = frames_of(&other), results = frames_of(&whole[1]);
    frames.count = first_of_kind(&frames, EVIDENCE_VERSION);
    for (size_t at = first_of_kind(&results, EVIDENCE_VERSION); at < results.count; at++)
        insert_frame(&frames, frames.count, results.whole[at]);
    put_together(&frames, KEY_SEED, &file);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), NULL, WHOLE);
    must_say(&verdict, "version 1: ");
    assert_true(verdict.is_signed);
    buf_free(&other);
    buf_free(&file);
    fixture_free(&fixture);
}

static void
only_the_wanted_key_will_do(void **state)
{
    (void)state;
    struct buf file = {0};
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct frames frames = frames_of(&whole[0]);
    put_together(&frames, OTHER_KEY_SEED, &file);
    assert_true(fixture_check(buf_span(&file), NULL, WHOLE).holds);
    fixture_key(KEY_SEED, key, secret);
    struct evidence_verdict verdict = fixture_check(buf_span(&file), key, WHOLE);
    must_say(&verdict, "signed by another key");
    assert_true(verdict.is_signed && !verdict.is_by_wanted);
    buf_free(&file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_holds),
        cmocka_unit_test(however_it_is_cut_into_pieces),
        cmocka_unit_test(so_does_a_contest_that_published_nothing),
        cmocka_unit_test(ten_thousand_changed_bytes_are_all_found),
        cmocka_unit_test(so_is_one_bit_wherever_it_is),
        cmocka_unit_test(a_cut_file_fails_wherever_it_is_cut),
        cmocka_unit_test(a_padded_file_fails),
        cmocka_unit_test(the_entry_is_named_that_was_removed_added_or_moved),
        cmocka_unit_test(a_version_that_was_changed_and_signed_again_is_named),
        cmocka_unit_test(so_is_a_version_that_is_missing_or_too_many),
        cmocka_unit_test(results_of_another_log_fail),
        cmocka_unit_test(only_the_wanted_key_will_do),
    };
    return cmocka_run_group_tests(tests, make_files, free_files);
}
