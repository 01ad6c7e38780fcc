/*
 * Any bytes as an action that a client posts, and as one of the log. What is admitted can be decoded, is the
 * same action whoever sent it, and is taken by a registry once.
 */
#include <stdint.h>

#include "common/registry.h"
#include "common/utf8.h"
#include "tests/unit/contest_harness.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_sentence(const struct event_error *error)
{
    MUST(error->field && utf8_is_valid(span_of(error->message)));
    for (const char *at = error->message; *at; at++)
        MUST((unsigned char)*at >= 0x20 && *at != 0x7f);
}

static void
check_entry(const struct buf *entry, const char *actor, const char *id)
{
    struct registry *registry = registry_new();
    struct action action, other;
    MUST(action_decode(buf_span(entry), &action));
    MUST(span_is(action.id, id) && span_is(action.actor, actor));
    MUST(registry_apply_document(registry, SPAN(small_contest), 1) == REGISTRY_APPLIED);
    MUST(registry_apply_action(registry, &action) == REGISTRY_APPLIED);
    char *renamed = changed(buf_text((struct buf *)entry), actor, "another");
    MUST(action_decode(span_of(renamed), &other));
    MUST(registry_apply_action(registry, &other) == REGISTRY_DUPLICATE);
    action_free(&other);
    action_free(&action);
    free(renamed);
    registry_free(registry);
}

static void
check_post(const struct contest *contest, enum role role, const char *name, struct span body)
{
    struct action_actor actor = {role, name};
    struct buf entry = {0};
    struct event_error error;
    char id[65];
    enum action_verdict verdict = action_admit(contest, &actor, body, &entry, id, &error);
    if (verdict == ACTION_ADMITTED)
        check_entry(&entry, name, id);
    else
        MUST(entry.len == 0 && error.message[0]);
    if (verdict == ACTION_WRONG)
        MUST(error.code != CODE_OK);
    check_sentence(&error);
    buf_free(&entry);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct contest *small;
    if (!small)
        small = load_good(small_contest);
    struct span text = {(const char *)bytes, len};
    check_post(small, ROLE_JUDGE, "judge <of a name that no body has>", text);
    check_post(small, ROLE_ORGANISER, "organiser <of a name that no body has>", text);
    struct action action;
    if (action_decode(text, &action)) {
        MUST(id_is_valid(action.id));
        action_free(&action);
    }
    return 0;
}
