#include "common/registry.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <xxhash.h>

enum { FIRST_SLOTS = 64, DOCUMENT_HASH_LEN = 16 };

/* An action that was applied. A slot without an id is free. */
struct applied {
    char id[65];
    uint8_t content[ACTION_CONTENT_LEN];
};

struct registry {
    struct contest *contest;             /* held; NULL before the first document */
    uint8_t document[DOCUMENT_HASH_LEN]; /* of the newest one applied */
    int64_t loaded_ms;
    bool closed;
    struct applied *slots; /* owned; open addressing by id */
    size_t slot_count;     /* a power of two, at least twice `applied_count` */
    size_t applied_count;
};

static struct applied *
slots_new(size_t count)
{
    struct applied *slots = calloc(count, sizeof *slots);
    if (!slots)
        abort(); /* as the fold does: the log is read again */
    return slots;
}

struct registry *
registry_new(void)
{
    struct registry *registry = calloc(1, sizeof *registry);
    if (!registry)
        abort();
    registry->slots = slots_new(FIRST_SLOTS);
    registry->slot_count = FIRST_SLOTS;
    return registry;
}

void
registry_free(struct registry *registry)
{
    if (!registry)
        return;
    contest_release(registry->contest);
    free(registry->slots);
    free(registry);
}

/* --- Applied actions by id --- */

/* The slot that holds the id, or the free one where it would go. */
static struct applied *
find_slot(struct applied *slots, size_t slot_count, struct span id)
{
    size_t at = XXH3_64bits(id.at, id.len) & (slot_count - 1);
    while (slots[at].id[0] && !span_is(id, slots[at].id))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void
grow(struct registry *registry)
{
    size_t count = registry->slot_count * 2;
    struct applied *slots = slots_new(count);
    for (size_t i = 0; i < registry->slot_count; i++) {
        if (registry->slots[i].id[0])
            *find_slot(slots, count, span_of(registry->slots[i].id)) = registry->slots[i];
    }
    free(registry->slots);
    registry->slots = slots;
    registry->slot_count = count;
}

static void
keep(struct registry *registry, const struct action *action)
{
    if ((registry->applied_count + 1) * 2 > registry->slot_count)
        grow(registry);
    struct applied *slot = find_slot(registry->slots, registry->slot_count, action->id);
    assert(!slot->id[0] && action->id.len < sizeof slot->id);
    memcpy(slot->id, action->id.at, action->id.len);
    memcpy(slot->content, action->content, sizeof slot->content);
    registry->applied_count++;
}

/* --- Applying --- */

/* Takes over the caller's hold. */
static void
replace_contest(struct registry *registry, struct contest *contest)
{
    contest_release(registry->contest);
    registry->contest = contest;
}

static void
hash_document(struct span json, uint8_t hash[DOCUMENT_HASH_LEN])
{
    crypto_generichash(hash, DOCUMENT_HASH_LEN, (const unsigned char *)json.at, json.len, NULL, 0);
}

/*
 * Only the newest document counts as "the same": going back to an earlier one is a change. A daemon that
 * starts again brings the file it has, and must not undo what was registered since.
 */
enum registry_outcome
registry_apply_document(struct registry *registry, struct span json, int64_t log_ms)
{
    uint8_t hash[DOCUMENT_HASH_LEN];
    hash_document(json, hash);
    if (registry->contest && memcmp(hash, registry->document, sizeof hash) == 0)
        return REGISTRY_DUPLICATE;
    struct errors errors = {0};
    struct contest *next = contest_load(json, &errors);
    struct contest *merged = next ? contest_merge(registry->contest, next, &errors) : NULL;
    contest_release(next);
    errors_free(&errors);
    if (!merged)
        return REGISTRY_REFUSED;
    replace_contest(registry, merged);
    memcpy(registry->document, hash, sizeof hash);
    registry->loaded_ms = log_ms;
    return REGISTRY_APPLIED;
}

static bool
apply_register(struct registry *registry, const struct action *action)
{
    if (!registry->contest)
        return false;
    struct errors errors = {0};
    struct contest *grown = contest_register(registry->contest, action->text, &errors);
    errors_free(&errors);
    if (grown)
        replace_contest(registry, grown);
    return grown;
}

enum registry_outcome
registry_apply_action(struct registry *registry, const struct action *action)
{
    const struct applied *slot = find_slot(registry->slots, registry->slot_count, action->id);
    if (slot->id[0]) {
        bool same = memcmp(slot->content, action->content, sizeof slot->content) == 0;
        return same ? REGISTRY_DUPLICATE : REGISTRY_CONFLICT;
    }
    if (action->type == ACTION_REGISTER && !apply_register(registry, action))
        return REGISTRY_REFUSED;
    if (action->type == ACTION_CLOSE || action->type == ACTION_REOPEN)
        registry->closed = action->type == ACTION_CLOSE;
    keep(registry, action);
    return REGISTRY_APPLIED;
}

struct contest *
registry_contest(const struct registry *registry)
{
    return registry->contest;
}

bool
registry_closed(const struct registry *registry)
{
    return registry->closed;
}

int64_t
registry_loaded_ms(const struct registry *registry)
{
    return registry->loaded_ms;
}

bool
registry_has_action(const struct registry *registry, struct span id)
{
    return id.len > 0 && find_slot(registry->slots, registry->slot_count, id)->id[0];
}
