#include "common/metric.h"

enum scope { SALES, WHOLE, TIME };

static const struct {
    const char *name;
    enum scope scope;
} metrics[METRIC_COUNT] = {
#define X(constant, name, scope) [constant] = {name, scope},
    METRICS(X)
#undef X
};

const char *
metric_name(enum metric metric)
{
    return metrics[metric].name;
}

enum metric
metric_find(struct span name)
{
    if (span_is(name, "reached_at"))
        return METRIC_REACHED_AT;
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (span_is(name, metrics[i].name))
            return (enum metric)i;
    }
    return METRIC_COUNT;
}

bool
metric_is_of_sales(enum metric metric)
{
    return metrics[metric].scope != WHOLE;
}
