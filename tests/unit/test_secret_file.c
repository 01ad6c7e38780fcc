/* Secrets in files: the first line of one that only its owner can read, or a sentence that says why not. */
#include "common/secret_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/evidence_key.h"

static struct buf trouble;

/* The secret in a file of these bytes and that mode, or what is wrong with it. */
static const char *
read_secret(struct span bytes, mode_t mode)
{
    static char said[1024];
    char path[] = "/tmp/bochuang-secret-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, bytes.at, bytes.len), bytes.len);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    buf_clear(&trouble);
    char *secret = secret_file_read(path, &trouble);
    assert_int_equal(secret == NULL, trouble.len > 0);
    snprintf(said, sizeof said, "%s", secret ? secret : buf_text(&trouble) + strlen(path));
    free(secret);
    unlink(path);
    return said;
}

static void
its_first_line_is_the_secret(void **state)
{
    (void)state;
    assert_string_equal(read_secret(SPAN("s3cret"), 0600), "s3cret");
    assert_string_equal(read_secret(SPAN("s3cret\nand a comment\n"), 0400), "s3cret");
    assert_string_equal(read_secret(SPAN(" s \n"), 0600), " s ");
    static char longest[513];
    memset(longest, 'x', 512);
    assert_string_equal(read_secret(SPAN(longest), 0600), longest);
}

static void
what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char wide[] = ": expected a file that only its owner can read (mode 0600), found mode 0";
    static const mode_t modes[] = {0640, 0604, 0620, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        assert_memory_equal(read_secret(SPAN("s3cret"), modes[i]), wide, sizeof wide - 1);
    static const char nothing[] = ": expected a secret in its first line, found nothing";
    assert_string_equal(read_secret(SPAN(""), 0600), nothing);
    assert_string_equal(read_secret(SPAN("\nlater"), 0600), nothing);
    assert_string_equal(read_secret(SPAN("\0later"), 0600), nothing);
    static char longer[514];
    memset(longer, 'x', 513);
    assert_string_equal(read_secret(SPAN(longer), 0600), ": expected one line of at most 512 bytes");
    buf_clear(&trouble);
    assert_null(secret_file_read("/no/such/file", &trouble));
    assert_string_equal(buf_text(&trouble), "/no/such/file: No such file or directory");
    buf_clear(&trouble);
    assert_null(secret_file_read("/tmp", &trouble));
    assert_string_equal(buf_text(&trouble), "/tmp: Is a directory");
    buf_free(&trouble);
}

static void
a_key_is_64_digits(void **state)
{
    (void)state;
#define DIGITS "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeFF"
    uint8_t key[EVIDENCE_KEY_BYTES];
    char hex[EVIDENCE_KEY_HEX_SIZE];
    static const char *const good[] = {DIGITS, " " DIGITS, DIGITS "\r\n", "\t\n " DIGITS " \t"};
    static const char *const wrong[] = {"",
                                        " ",
                                        "\n",
                                        DIGITS "0",
                                        DIGITS "00",
                                        "0" DIGITS,
                                        DIGITS " 0",
                                        "x" DIGITS,
                                        "0x112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0",
                                        "00112233445566778899aabbccddeeff 0112233445566778899aabbccddeeff"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(evidence_key_parse(span_of(good[i]), key));
        evidence_key_hex(key, hex);
        assert_string_equal(hex, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (evidence_key_parse(span_of(wrong[i]), key))
            fail_msg("\"%s\"", wrong[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_first_line_is_the_secret),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(a_key_is_64_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
