/* CSV from files, pipes and standard input: the same rows, however they come, and what cannot be read is
 * said. */
#include "cli/csv_file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct csv_file file;
static struct buf why;

static int
begin(void **state)
{
    (void)state;
    buf_free(&why);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    csv_file_close(&file);
    buf_free(&why);
    return 0;
}

/* The first cell of each row, one a line; then what the end was. */
static const char *
read_all(void)
{
    static struct buf out;
    enum file_verdict verdict;
    buf_free(&out);
    while ((verdict = csv_file_next(&file, &why)) == FILE_ROW) {
        buf_add_span(&out, csv_cell(&file.reader, 0));
        buf_add_byte(&out, '\n');
    }
    buf_add_text(&out, verdict == FILE_END ? "end" : "broken");
    return buf_text(&out);
}

/* A pipe that a child writes these parts to, with a pause before each. */
static int
pipe_with(const char *const *parts, useconds_t pause_us)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    if (fork() == 0) {
        for (; *parts; parts++) {
            usleep(pause_us);
            if (write(ends[1], *parts, strlen(*parts)) < 0)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void
open_fd(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_true(csv_file_open(&file, path, ',', &why));
    close(fd);
}

static void
a_file_says_how_long_it_is(void **state)
{
    (void)state;
    char path[] = "/tmp/bochuang-csv-XXXXXX";
    static const char text[] = "\xef\xbb\xbf"
                               "a,1\n\nb,2";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_true(csv_file_open(&file, path, ',', &why));
    unlink(path);
    assert_int_equal(file.bytes_total, sizeof text - 1);
    assert_string_equal(read_all(), "a\nb\nend");
    assert_true(file.has_mark);
    assert_int_equal(file.bytes, sizeof text - 1);
}

static void
a_pipe_gives_the_same_in_pieces(void **state)
{
    (void)state;
    static const char *const parts[] = {"\xef\xbb", "\xbf\"a\nb\",1\n", "c", "d,2\n", NULL};
    open_fd(pipe_with(parts, 3000));
    assert_int_equal(file.bytes_total, 0); /* nobody knows */
    assert_string_equal(read_all(), "a\nb\ncd\nend");
    assert_true(file.has_mark);
    wait(NULL);
}

static void
so_does_standard_input(void **state)
{
    (void)state;
    static const char *const parts[] = {"a,1\n", "b,2\n", NULL};
    int before = dup(STDIN_FILENO), fd = pipe_with(parts, 1000);
    assert_true(before >= 0);
    dup2(fd, STDIN_FILENO);
    close(fd);
    assert_true(csv_file_open(&file, "-", ',', &why));
    assert_string_equal(read_all(), "a\nb\nend");
    csv_file_close(&file);
    assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_CUR), -1); /* still open, and a pipe */
    dup2(before, STDIN_FILENO);
    close(before);
    assert_true(csv_file_open(&file, "/dev/null", ',', &why));
    wait(NULL);
}

static volatile sig_atomic_t signals;

static void
count_signal(int number)
{
    (void)number;
    signals++;
}

static void
a_signal_in_the_middle_does_no_harm(void **state)
{
    (void)state;
    static const char *const parts[] = {"a,1\n", "b,2\n", NULL};
    struct sigaction action = {.sa_handler = count_signal}, before;
    struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0); /* reads are broken off by it */
    open_fd(pipe_with(parts, 20 * 1000));
    setitimer(ITIMER_REAL, &often, NULL);
    const char *rows = read_all();
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_string_equal(rows, "a\nb\nend");
    assert_true(signals > 0);
    wait(NULL);
}

static void
what_cannot_be_read_is_said(void **state)
{
    (void)state;
    assert_false(csv_file_open(&file, "/no/such/file", ',', &why));
    assert_string_equal(buf_text(&why), "cannot be opened: No such file or directory");
    csv_file_close(&file);
    buf_clear(&why);
    assert_true(csv_file_open(&file, "/tmp", ',', &why));
    assert_string_equal(read_all(), "broken");
    assert_string_equal(buf_text(&why), "cannot be read: Is a directory");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_file_says_how_long_it_is),  TEST(a_pipe_gives_the_same_in_pieces),
        TEST(so_does_standard_input),      TEST(a_signal_in_the_middle_does_no_harm),
        TEST(what_cannot_be_read_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
