#include "common/stats.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

void
stats_print(const char *daemon, const struct stat *table, size_t count, const void *counters, struct buf *out)
{
    struct span last = {0};
    for (size_t i = 0; i < count; i++) {
        const struct stat *stat = &table[i];
        struct span name = {stat->name, strcspn(stat->name, "{")};
        uint64_t value;
        memcpy(&value, (const char *)counters + stat->offset, sizeof value);
        if (!span_eq(name, last))
            buf_printf(out, "# HELP bochuang_%s_%.*s %s\n# TYPE bochuang_%s_%.*s %s\n", daemon,
                       SPAN_FMT(name), stat->help, daemon, SPAN_FMT(name),
                       stat->kind == STAT_COUNTER ? "counter" : "gauge");
        buf_printf(out, "bochuang_%s_%s %llu\n", daemon, stat->name, (unsigned long long)value);
        last = name;
    }
}

static uint64_t
resident_bytes(void)
{
    unsigned long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t
open_descriptors(void)
{
    uint64_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count > 3 ? count - 3 : 0; /* not ".", "..", and the directory itself */
}

/* Seconds since the epoch when this process began; 0 where /proc does not say. */
static double
start_time_s(void)
{
    char line[1024];
    FILE *file = fopen("/proc/self/stat", "re");
    if (!file)
        return 0;
    size_t len = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[len] = '\0';
    unsigned long long ticks_after_boot;
    const char *behind_name = strrchr(line, ')');
    if (!behind_name || sscanf(behind_name + 1,
                               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d"
                               " %llu",
                               &ticks_after_boot) != 1)
        return 0;
    struct timespec up;
    clock_gettime(CLOCK_BOOTTIME, &up);
    double age_s = (double)up.tv_sec + (double)up.tv_nsec / 1e9 -
                   (double)ticks_after_boot / (double)sysconf(_SC_CLK_TCK);
    return (double)clock_wall_ms() / 1000 - age_s;
}

void
stats_print_process(struct buf *out)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    buf_printf(out,
               "# HELP process_cpu_seconds_total CPU time used, user and system.\n"
               "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total %.6f\n",
               cpu_s);
    buf_printf(out,
               "# HELP process_resident_memory_bytes Memory in RAM.\n"
               "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes %llu\n",
               (unsigned long long)resident_bytes());
    buf_printf(out,
               "# HELP process_open_fds Open file descriptors.\n"
               "# TYPE process_open_fds gauge\nprocess_open_fds %llu\n",
               (unsigned long long)open_descriptors());
    buf_printf(out,
               "# HELP process_start_time_seconds When the process began, since the Unix epoch.\n"
               "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %.2f\n",
               start_time_s());
}
