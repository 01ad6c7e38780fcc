#include "cli/http_client.h"

#include <assert.h>
#include <curl/curl.h>
#include <jansson.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/must.h"

enum {
    CONNECT_TIMEOUT_MS = 3000,
    ANSWER_TIMEOUT_MS = 30 * 1000,
    ANSWER_BYTES_MOST = 64 << 20, /* a tally of three dimensions is the largest thing that is read */
    BACKOFF_FIRST_MS = 50,
    BACKOFF_LAST_MS = 5000,
    RETRY_AFTER_MOST_MS = 60 * 1000,
    SLICE_MS = 50, /* how soon a stop is noticed while waiting */
};

struct http_client {
    CURL *curl; /* owned */
    char *base; /* owned; without a '/' at its end */
    char *authorization;
    const atomic_bool *stop; /* borrowed; may be NULL */
};

static bool
stopped(const struct http_client *client)
{
    return client->stop && atomic_load_explicit(client->stop, memory_order_relaxed);
}

static size_t
body_cb(char *bytes, size_t size, size_t count, void *arg)
{
    struct http_answer *answer = arg;
    size_t len = size * count;
    if (answer->body.len + len > ANSWER_BYTES_MOST)
        return 0; /* curl gives up: "write error" */
    buf_add(&answer->body, bytes, len);
    return answer->body.failed ? 0 : len;
}

static int
progress_cb(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return stopped(arg) ? 1 : 0;
}

struct http_client *
http_client_new(const char *base_url, const char *token, const atomic_bool *stop)
{
    struct http_client *client = must(calloc(1, sizeof *client));
    client->base = must(strdup(base_url));
    for (size_t len = strlen(client->base); len > 0 && client->base[len - 1] == '/'; len--)
        client->base[len - 1] = '\0';
    client->stop = stop;
    client->curl = must(curl_easy_init());
    http_client_use_token(client, token);
    curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT_MS, (long)ANSWER_TIMEOUT_MS);
    curl_easy_setopt(client->curl, CURLOPT_USERAGENT, "bochuang/" BOCHUANG_VERSION);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, body_cb);
    curl_easy_setopt(client->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(client->curl, CURLOPT_XFERINFOFUNCTION, progress_cb);
    curl_easy_setopt(client->curl, CURLOPT_XFERINFODATA, client);
    return client;
}

void
http_client_free(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    free(client->authorization);
    free(client->base);
    free(client);
}

void
http_client_use_token(struct http_client *client, const char *token)
{
    free(client->authorization);
    client->authorization = NULL;
    if (token && *token && asprintf(&client->authorization, "Authorization: Bearer %s", token) < 0)
        abort();
}

void
http_answer_free(struct http_answer *answer)
{
    buf_free(&answer->body);
    *answer = (struct http_answer){0};
}

/* --- One request --- */

static struct curl_slist *
head_fields(const struct http_client *client, const struct http_call *call)
{
    struct curl_slist *fields = must(curl_slist_append(NULL, "Expect:")); /* no 100-continue round trip */
    if (client->authorization)
        fields = must(curl_slist_append(fields, client->authorization));
    if (!call->content_type)
        return fields;
    char type[128];
    snprintf(type, sizeof type, "Content-Type: %s", call->content_type);
    return must(curl_slist_append(fields, type));
}

static void
set_request(struct http_client *client, const struct http_call *call, const char *url)
{
    curl_easy_setopt(client->curl, CURLOPT_URL, url);
    if (!call->content_type) {
        curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, call->body.len ? call->body.at : "");
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
}

static void
send_once(struct http_client *client, const struct http_call *call, struct http_answer *answer)
{
    struct buf url = {0};
    buf_printf(&url, "%s%s", client->base, call->path);
    struct curl_slist *fields = head_fields(client, call);
    buf_clear(&answer->body);
    answer->status = 0;
    answer->retry_after_ms = -1;
    answer->trouble[0] = '\0';
    char curl_says[CURL_ERROR_SIZE] = "";
    set_request(client, call, buf_text(&url));
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, curl_says);
    CURLcode code = curl_easy_perform(client->curl);
    if (code == CURLE_OK) {
        curl_off_t retry_after_s = 0;
        curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
        answer->retry_after_ms = retry_after_s > 0 ? (int64_t)retry_after_s * 1000 : -1;
    } else {
        snprintf(answer->trouble, sizeof answer->trouble, "%.100s: %.140s", client->base,
                 *curl_says ? curl_says : curl_easy_strerror(code));
    }
    curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(fields);
    buf_free(&url);
}

/* --- Patience --- */

bool
http_worth_retrying(long status)
{
    return status == 0 || status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
           status == 504;
}

int64_t
http_backoff_ms(unsigned attempt, uint64_t random)
{
    assert(attempt >= 1);
    int64_t most = BACKOFF_FIRST_MS;
    for (unsigned i = 1; i < attempt && most < BACKOFF_LAST_MS; i++)
        most *= 2;
    if (most > BACKOFF_LAST_MS)
        most = BACKOFF_LAST_MS;
    return most / 2 + (int64_t)(random % (uint64_t)(most / 2 + 1));
}

static int64_t
wait_before(unsigned attempt, const struct http_answer *answer)
{
    uint64_t random;
    randombytes_buf(&random, sizeof random);
    int64_t wait_ms = http_backoff_ms(attempt, random);
    int64_t asked_ms = answer->retry_after_ms;
    if (asked_ms > RETRY_AFTER_MOST_MS)
        asked_ms = RETRY_AFTER_MOST_MS;
    return asked_ms > wait_ms ? asked_ms + wait_ms / 4 : wait_ms;
}

static void
wait_ms(const struct http_client *client, int64_t ms)
{
    for (int64_t until = clock_steady_ms() + ms; !stopped(client);) {
        int64_t left = until - clock_steady_ms();
        if (left <= 0)
            return;
        poll(NULL, 0, left < SLICE_MS ? (int)left : SLICE_MS);
    }
}

static void
name_status(struct http_answer *answer)
{
    if (answer->status)
        snprintf(answer->trouble, sizeof answer->trouble, "answered %ld", answer->status);
}

bool
http_client_call(struct http_client *client, const struct http_call *call, struct http_answer *answer)
{
    assert(client && call->path && call->path[0] == '/');
    int64_t deadline_ms = clock_steady_ms() + call->patience_ms;
    for (unsigned attempt = 1;; attempt++) {
        send_once(client, call, answer);
        if (!http_worth_retrying(answer->status))
            return true;
        name_status(answer);
        int64_t pause_ms = wait_before(attempt, answer);
        bool patient = call->patience_ms < 0 || clock_steady_ms() + pause_ms < deadline_ms;
        if (!patient || stopped(client))
            return false;
        if (call->on_wait)
            call->on_wait(answer, pause_ms, call->arg);
        wait_ms(client, pause_ms);
        answer->retries++;
    }
}

/* --- Words --- */

void
http_path_add(struct buf *path, const char *segment)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:";
    buf_add_byte(path, '/');
    for (; *segment; segment++) {
        if (strchr(plain, *segment))
            buf_add_byte(path, *segment);
        else
            buf_printf(path, "%%%02X", (unsigned char)*segment);
    }
}

void
http_complain(const char *command, const struct http_answer *answer)
{
    json_t *body = json_loadb(answer->body.at ? answer->body.at : "", answer->body.len, 0, NULL);
    const char *code = json_string_value(json_object_get(body, "code"));
    const char *message = json_string_value(json_object_get(body, "message"));
    const char *trouble = *answer->trouble ? answer->trouble : "no answer";
    if (answer->status == 0)
        fprintf(stderr, "bochuang %s: %s\n", command, trouble);
    else if (message)
        fprintf(stderr, "bochuang %s: %s (%ld %s)\n", command, message, answer->status, code ? code : "");
    else
        fprintf(stderr, "bochuang %s: the server answered %ld\n", command, answer->status);
    json_decref(body);
}
