/* Any bytes as a MessagePack body: read as msgpack-c reads them, and judged as the plain model judges them.
 */
#include "tests/unit/event_model_msgpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    model_check_msgpack((struct span){(const char *)bytes, len});
    return 0;
}
