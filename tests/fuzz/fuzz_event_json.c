/*
 * Any bytes as a JSON body: judged as jansson and the plain model judge them, every bad item explained with
 * its own code.
 *
 *   clang -fsanitize=fuzzer,address,undefined -I. tests/fuzz/fuzz_event_json.c … && ./fuzz
 * tests/fuzz/corpus/event_json
 */
#include "tests/unit/event_model_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    model_check_json((struct span){(const char *)bytes, len});
    return 0;
}
