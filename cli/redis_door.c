#include "cli/redis_door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/secret_file.h"

bool
redis_door_find(struct redis_door *door, const char *directory, struct buf *trouble)
{
    struct buf path = {0};
    *door = (struct redis_door){0};
    if (asprintf(&door->address, "unix:%s/redis.sock", directory) < 0)
        abort();
    buf_printf(&path, "%s/redis-operator.password", directory);
    bool good = true;
    if (access(buf_text(&path), F_OK) == 0 || errno != ENOENT) { /* a Redis of one's own may want none */
        door->user = "operator";
        door->password = secret_file_read(buf_text(&path), trouble);
        good = door->password != NULL;
    }
    buf_free(&path);
    if (!good)
        redis_door_free(door);
    return good;
}

void
redis_door_free(struct redis_door *door)
{
    free(door->address);
    free(door->password);
    *door = (struct redis_door){0};
}
