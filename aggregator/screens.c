#include "aggregator/screens.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/logline.h"

#define GZ ".gz"

enum {
    GZ_LEN = sizeof GZ - 1,
    SCREENS_FILES_MOST = 1024,
    SCREENS_BYTES_MOST = 64 << 20,
    SCREENS_DEPTH_MOST = 8,
    ETAG_SIZE = 2 + 32 + 1, /* quotes, 16 bytes in hex, NUL */
    FIELDS_SIZE = 1024,     /* with an address of ingest of at most 300 bytes: options.c */
};

struct screen {
    char *path; /* owned: "/wall.html", that of a compressed copy without its ".gz" */
    const char *content_type;
    bool gzipped;
    struct buf bytes; /* owned */
    char etag[ETAG_SIZE];
};

struct screens {
    struct screen *files; /* owned */
    size_t count;
    size_t bytes;
    char *policy; /* owned: the fields that every page comes with */
};

/* A file of no such type is not served. */
static const struct {
    const char *ending, *content_type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

/* Whether a name ends in ".gz": a copy that was compressed ahead, of the file of that name without it. */
static bool
is_compressed(const char *name)
{
    size_t len = strlen(name);
    return len > GZ_LEN && strcmp(name + len - GZ_LEN, GZ) == 0;
}

static const char *
type_of(const char *path)
{
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(ending, types[i].ending) == 0)
            return types[i].content_type;
    }
    return NULL;
}

void
screens_free(struct screens *screens)
{
    if (!screens)
        return;
    for (size_t i = 0; i < screens->count; i++) {
        free(screens->files[i].path);
        buf_free(&screens->files[i].bytes);
    }
    free(screens->files);
    free(screens->policy);
    free(screens);
}

/* --- Loading --- */

static struct screens *
screens_new(void)
{
    struct screens *screens = calloc(1, sizeof *screens);
    if (!screens)
        abort();
    return screens;
}

static bool
read_file(int fd, size_t size, struct buf *out)
{
    if (!buf_reserve(out, size + 1))
        abort();
    ssize_t got = 1;
    while (got > 0 && out->len < size) {
        got = read(fd, out->at + out->len, size - out->len);
        out->len += got > 0 ? (size_t)got : 0;
    }
    return out->len == size;
}

static void
make_etag(struct screen *screen)
{
    uint8_t hash[16];
    char hex[sizeof hash * 2 + 1];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)screen->bytes.at, screen->bytes.len, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    snprintf(screen->etag, sizeof screen->etag, "\"%s\"", hex);
}

/* `path` loses its ".gz". A file of a type that is not served is left out. */
static bool
load_file(struct screens *screens, int fd, char *path)
{
    struct stat stat;
    bool gzipped = is_compressed(path);
    if (gzipped)
        path[strlen(path) - GZ_LEN] = '\0';
    const char *content_type = type_of(path);
    if (!content_type || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        return true;
    if (screens->count == SCREENS_FILES_MOST || (size_t)stat.st_size > SCREENS_BYTES_MOST - screens->bytes) {
        log_error("web: %s: over %d files or %d bytes", path, SCREENS_FILES_MOST, SCREENS_BYTES_MOST);
        return false;
    }
    struct screen *files = realloc(screens->files, (screens->count + 1) * sizeof *files);
    if (!files)
        abort();
    screens->files = files;
    struct screen *screen = &files[screens->count++];
    *screen = (struct screen){.path = strdup(path), .content_type = content_type, .gzipped = gzipped};
    if (!screen->path)
        abort();
    if (!read_file(fd, (size_t)stat.st_size, &screen->bytes)) {
        log_error("web: %s: %s", path, strerror(errno));
        return false;
    }
    screens->bytes += screen->bytes.len;
    make_etag(screen);
    return true;
}

static bool load_folder(struct screens *screens, int fd, const char *prefix, int depth);

/* A file or a folder; hidden ones, symbolic links and node_modules are left out. */
static bool
load_entry(struct screens *screens, int folder, const char *prefix, const struct dirent *entry, int depth)
{
    char path[PATH_MAX];
    if (entry->d_name[0] == '.' || strcmp(entry->d_name, "node_modules") == 0)
        return true;
    if (snprintf(path, sizeof path, "%s/%s", prefix, entry->d_name) >= (int)sizeof path)
        return true;
    int fd = openat(folder, entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat stat;
    if (fd < 0)
        return true;
    if (fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode))
        return depth == 0 ? close(fd) == 0 : load_folder(screens, fd, path, depth - 1);
    bool good = load_file(screens, fd, path);
    close(fd);
    return good;
}

/* Takes over `fd`. */
static bool
load_folder(struct screens *screens, int fd, const char *prefix, int depth)
{
    DIR *folder = fdopendir(fd);
    const struct dirent *entry;
    bool good = true;
    if (!folder) {
        close(fd);
        return false;
    }
    while (good && (entry = readdir(folder)))
        good = load_entry(screens, dirfd(folder), prefix, entry, depth);
    closedir(folder);
    return good;
}

static struct screens *
load_from(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct screens *screens = screens_new();
    if (fd < 0 || !load_folder(screens, fd, "", SCREENS_DEPTH_MOST)) {
        log_error("web: %s: cannot be read: %s", folder, strerror(errno));
        screens_free(screens);
        return NULL;
    }
    log_info("web: %zu files of %s", screens->count, folder);
    return screens;
}

/* Where the screens lie beside this program: installed under a prefix, or in build/bin or
 * build/<sanitizer>/bin. */
static bool
find_folder(char folder[PATH_MAX])
{
    static const char *const places[] = {"../share/bochuang/web", "../web", "../../web"};
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len < 0)
        return false;
    program[len] = '\0';
    const char *home = dirname(program);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (snprintf(folder, PATH_MAX, "%s/%s", home, places[i]) < PATH_MAX &&
            access(folder, R_OK | X_OK) == 0)
            return true;
    }
    return false;
}

static struct screens *
load_somewhere(const char *folder)
{
    char found[PATH_MAX];
    if (folder && folder[0])
        return load_from(folder);
    if (find_folder(found))
        return load_from(found);
    log_warn("web: no folder with the screens beside this program (make web); the board gives JSON only");
    return screens_new();
}

/*
 * Nothing but what comes from here may run or load: no inline script or style, no other origin, no frame
 * around it. img-src data: is for what a chart draws itself; connect-src lets the pages post to ingest.
 */
static char *
make_policy(const char *ingest_url)
{
    char *fields;
    if (asprintf(&fields,
                 "Content-Security-Policy: default-src 'self'; connect-src 'self'%s%s; "
                 "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
                 "frame-ancestors 'none'\r\n"
                 "Referrer-Policy: no-referrer\r\n"
                 "X-Frame-Options: DENY\r\n"
                 "Cross-Origin-Opener-Policy: same-origin\r\n"
                 "Vary: Accept-Encoding\r\n",
                 ingest_url ? " " : "", ingest_url ? ingest_url : "") < 0)
        abort();
    return fields;
}

struct screens *
screens_load(const char *folder, const char *ingest_url)
{
    struct screens *screens = load_somewhere(folder);
    if (screens)
        screens->policy = make_policy(ingest_url);
    return screens;
}

/* --- Serving --- */

/* What lies here has a name with the hash of its bytes: other bytes come under another name. */
#define HASHED "/assets/"
#define KEEP_FIELD "Cache-Control: public, max-age=31536000, immutable\r\n"
#define ASK_FIELD "Cache-Control: no-cache\r\n"
#define GZIP_FIELD "Content-Encoding: gzip\r\n"

/* A page is also found without its ending: /wall is /wall.html. */
static bool
is_at(const struct screen *screen, struct span path)
{
    static const char ending[] = ".html";
    size_t len = strlen(screen->path), without = len - strlen(ending);
    if (span_is(path, screen->path))
        return true;
    return len > strlen(ending) && strcmp(screen->path + without, ending) == 0 && path.len == without &&
           memcmp(path.at, screen->path, without) == 0;
}

/* The file, compressed where there is such a copy and the client takes it. */
static const struct screen *
find_screen(const struct screens *screens, struct span path, bool gzip)
{
    const struct screen *found = NULL;
    if (span_is(path, "/"))
        path = SPAN("/index.html");
    for (size_t i = 0; i < screens->count; i++) {
        const struct screen *screen = &screens->files[i];
        if ((gzip || !screen->gzipped) && is_at(screen, path) && (!found || screen->gzipped))
            found = screen;
    }
    return found;
}

static struct span
trimmed(struct span text)
{
    while (text.len > 0 && (*text.at == ' ' || *text.at == '\t'))
        text.at++, text.len--;
    while (text.len > 0 && (text.at[text.len - 1] == ' ' || text.at[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* Cuts `rest` at the first `mark`: what stands before it, without white space around. */
static struct span
next_part(struct span *rest, char mark)
{
    const char *end = memchr(rest->at, mark, rest->len);
    struct span part = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
    size_t used = part.len + (end ? 1 : 0);
    *rest = (struct span){rest->at + used, rest->len - used};
    return trimmed(part);
}

/* A weight of "q=0", "q=0.", "q=0.000": not acceptable. */
static bool
is_refused(struct span weight)
{
    static const char zero[] = "q=0.000";
    return weight.len >= 3 && weight.len < sizeof zero && strncasecmp(weight.at, zero, weight.len) == 0;
}

/* Accept-Encoding (RFC 9110, section 12.5.3). Only gzip by its name counts: "*" may be answered without. */
static bool
takes_gzip(struct span field)
{
    while (field.len > 0) {
        struct span coding = next_part(&field, ',');
        struct span name = next_part(&coding, ';');
        if (name.len == 4 && strncasecmp(name.at, "gzip", 4) == 0)
            return !is_refused(trimmed(coding));
    }
    return false;
}

/* If-None-Match: "*", or a list of entity tags, weak ones too (RFC 9110, section 13.1.2). */
static bool
matches(struct span field, const char *etag)
{
    size_t len = strlen(etag);
    if (span_is(field, "*"))
        return true;
    return field.len >= len && memmem(field.at, field.len, etag, len);
}

bool
screens_answer(const struct screens *screens, struct http_exchange *exchange, const struct http_head *head)
{
    char fields[FIELDS_SIZE];
    const struct screen *screen =
        find_screen(screens, head->path, takes_gzip(http_field(head, "accept-encoding")));
    if (!screen)
        return false;
    bool hashed = strncmp(screen->path, HASHED, strlen(HASHED)) == 0;
    bool known = matches(http_field(head, "if-none-match"), screen->etag);
    int len =
        snprintf(fields, sizeof fields, "%s%s%sETag: %s\r\n", screens->policy,
                 hashed ? KEEP_FIELD : ASK_FIELD, screen->gzipped && !known ? GZIP_FIELD : "", screen->etag);
    assert(len > 0 && (size_t)len < sizeof fields);
    struct http_answer answer = {
        .status = known ? 304 : 200,
        .content_type = known ? NULL : screen->content_type,
        .fields = fields,
        .body = known ? (struct span){NULL, 0} : buf_span(&screen->bytes),
    };
    http_answer(exchange, &answer);
    return true;
}
