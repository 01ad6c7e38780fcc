/*
 * Linux can make a file without a name (O_TMPFILE) and give it one later; not every file system can, and then
 * it has another name at first, and is removed where it is not kept.
 */
#include "cli/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 18 };

static int
open_folder(const char *path, int flags, mode_t mode)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(copy, path);
    return open(dirname(copy), flags | O_CLOEXEC, mode);
}

static int
open_named(struct whole_file *file, mode_t mode)
{
    int fd = open(buf_text(&file->beside), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    file->has_name = fd >= 0;
    return fd;
}

bool
whole_file_open(struct whole_file *file, const char *path, mode_t mode, struct buf *trouble)
{
    *file = (struct whole_file){.path = path};
    buf_printf(&file->beside, "%s.%08x", path, randombytes_random());
    int fd = open_folder(path, O_TMPFILE | O_WRONLY, mode);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
        fd = open_named(file, mode);
    file->file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file->file) {
        buf_printf(trouble, "%s cannot be written: %s", path, strerror(errno));
        return false;
    }
    setvbuf(file->file, NULL, _IOFBF, BUFFER_BYTES);
    return true;
}

bool
whole_file_write(struct whole_file *file, struct span bytes)
{
    if (!file->problem && bytes.len > 0 && fwrite(bytes.at, 1, bytes.len, file->file) != bytes.len)
        file->problem = errno ? errno : EIO;
    return !file->problem;
}

static bool
give_name(struct whole_file *file, const char *name)
{
    char self[64];
    if (file->has_name)
        return link(buf_text(&file->beside), name) == 0;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fileno(file->file));
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

/* A name that is taken can only be taken over by another name: rename() does that at once. */
static bool
take_name(struct whole_file *file, bool replace)
{
    if (!replace)
        return give_name(file, file->path);
    file->has_name = file->has_name || give_name(file, buf_text(&file->beside));
    if (!file->has_name || rename(buf_text(&file->beside), file->path) != 0)
        return false;
    file->has_name = false;
    return true;
}

static bool
sync_folder(const char *path)
{
    int fd = open_folder(path, O_RDONLY | O_DIRECTORY, 0);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced;
}

bool
whole_file_keep(struct whole_file *file, bool replace, struct buf *trouble)
{
    errno = file->problem;
    bool kept = !file->problem && fflush(file->file) == 0 && fsync(fileno(file->file)) == 0 &&
                take_name(file, replace) && sync_folder(file->path);
    int problem = errno;
    if (!kept)
        buf_printf(trouble, "%s cannot be written: %s", file->path, strerror(problem));
    errno = problem;
    return kept;
}

void
whole_file_close(struct whole_file *file)
{
    if (file->file)
        fclose(file->file);
    if (file->has_name)
        unlink(buf_text(&file->beside));
    buf_free(&file->beside);
    *file = (struct whole_file){0};
}
