/* What the model of Redis holds, and the journal by which the end of it can be taken away again. */
#ifndef BOCHUANG_SIM_REDIS_STORE_H
#define BOCHUANG_SIM_REDIS_STORE_H

#include "tests/model/sim/redis_model.h"

struct tally {
    char key[LOG_KEY_SIZE];
    char *version, *figures; /* owned by the store */
};

void store_free(void);

struct stream *store_stream(const char *key, bool make);
/* Appends under the next id there is; the time is the machine's wall clock. */
struct log_id store_add(const char *key, char kind, struct span payload, struct span sum);
/* The hash of contests. False where the field is there already. */
bool store_list(struct span contest, struct span shards);
size_t store_listed(struct span *out, size_t most);
struct tally *store_tally(const char *key, bool make);
void store_set_tally(struct tally *tally, struct span version, struct span figures);

size_t store_steps(void); /* in the journal */
/* The step before which the next one begins a transaction of so many. */
void store_join(size_t first);
/* Takes back all steps from `step` on, or from the start of the transaction that it is in. */
size_t store_undo(size_t step);
/* Calls on_durable for the entries of the steps from `first` on. */
void store_each_entry(size_t first, void (*each)(const struct stream *stream, size_t index));
size_t store_index_after(const struct stream *stream, struct log_id after);

#endif
