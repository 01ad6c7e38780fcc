#include "common/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/must.h"

enum { SECRET_BYTES_MOST = 512 };

static ssize_t
read_private(int fd, const char *path, char *text, struct buf *trouble)
{
    struct stat stat = {.st_mode = S_IRWXO}; /* as long as nobody knows */
    fstat(fd, &stat);
    ssize_t len = read(fd, text, SECRET_BYTES_MOST + 1);
    if (len < 0)
        buf_printf(trouble, "%s: %s", path, strerror(errno));
    else if (stat.st_mode & (S_IRWXG | S_IRWXO))
        buf_printf(trouble, "%s: expected a file that only its owner can read (mode 0600), found mode %04o",
                   path, (unsigned)stat.st_mode & 07777);
    else if (len > SECRET_BYTES_MOST)
        buf_printf(trouble, "%s: expected one line of at most %d bytes", path, SECRET_BYTES_MOST);
    else
        return len;
    return -1;
}

char *
secret_file_read(const char *path, struct buf *trouble)
{
    char text[SECRET_BYTES_MOST + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        buf_printf(trouble, "%s: %s", path, strerror(errno));
        return NULL;
    }
    ssize_t len = read_private(fd, path, text, trouble);
    close(fd);
    if (len < 0)
        return NULL;
    const char *end = memchr(text, '\n', (size_t)len);
    char *secret = must(strndup(text, end ? (size_t)(end - text) : (size_t)len));
    if (secret[0] != '\0')
        return secret;
    buf_printf(trouble, "%s: expected a secret in its first line, found nothing", path);
    free(secret);
    return NULL;
}
