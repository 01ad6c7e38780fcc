/* The mappings that come along: their files, taken in whole, so that what is explained there is what is read.
 */
#include "cli/mapping.h"

#define TAKE_IN(symbol, path)                                                                                \
    __asm__(".pushsection .rodata\n"                                                                         \
            ".global " #symbol ", " #symbol "_end\n" #symbol ":\n.incbin \"" path "\"\n" #symbol "_end:\n"   \
            ".byte 0\n"                                                                                      \
            ".popsection\n");                                                                                \
    extern const char symbol[], symbol##_end[]

TAKE_IN(mapping_douyin, "config/mappings/douyin.yaml");

/* What contests, and people, call it: the mapping is the same. */
static const char *const douyin_names[] = {"douyin", "Douyin", "抖音", "抖店", NULL};

struct span
mapping_built_in(struct span platform)
{
    for (size_t i = 0; douyin_names[i]; i++)
        if (span_is(platform, douyin_names[i]))
            return (struct span){mapping_douyin, (size_t)(mapping_douyin_end - mapping_douyin)};
    return (struct span){0};
}
