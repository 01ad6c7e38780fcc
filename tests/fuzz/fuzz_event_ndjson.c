/* Any bytes as an NDJSON body: never unreadable, and each line judged as the same bytes in a JSON array are.
 */
#include "tests/unit/event_model_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    model_check_ndjson((struct span){(const char *)bytes, len});
    return 0;
}
