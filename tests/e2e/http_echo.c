/*
 * The daemons' HTTP server with a handler that says what it was given: the answer to each request, and a line
 * on standard output, is that request as JSON, texts in hexadecimal. The first line is "port N". Ends with
 * its standard input.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/http_server.h"
#include "common/json_out.h"
#include "common/limits.h"
#include "common/logline.h"

static void
put_hex(struct json_out *json, const char *key, struct span text)
{
    struct buf hex = {0};
    for (size_t i = 0; i < text.len; i++)
        buf_printf(&hex, "%02x", (unsigned char)text.at[i]);
    if (key)
        json_key(json, key);
    json_text(json, buf_text(&hex));
    buf_free(&hex);
}

static void
handle(struct http_exchange *exchange, const struct http_head *head, struct span body, void *arg)
{
    struct buf seen = {0};
    struct json_out json = {.buf = &seen};
    (void)arg;
    json_open(&json, '{');
    put_hex(&json, "method", head->method_name);
    put_hex(&json, "target", head->target);
    json_put_int(&json, "minor", head->minor_version);
    json_key(&json, "fields");
    json_open(&json, '[');
    for (size_t i = 0; i < head->field_count; i++) {
        put_hex(&json, NULL, head->fields[i].name);
        put_hex(&json, NULL, head->fields[i].value);
    }
    json_close(&json, ']');
    put_hex(&json, "body", body);
    json_close(&json, '}');
    printf("%s\n", buf_text(&seen));
    fflush(stdout);
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "application/json",
                                                .body = buf_span(&seen)});
    buf_free(&seen);
}

static void
input_cb(evutil_socket_t fd, short what, void *arg)
{
    char bytes[64];
    (void)what;
    if (read(fd, bytes, sizeof bytes) <= 0)
        event_base_loopbreak(arg);
}

int
main(void)
{
    signal(SIGPIPE, SIG_IGN);
    logline_setup("http_echo", LEVEL_ERROR);
    struct event_base *base = event_base_new();
    struct http_server_options options = {
        .address = "127.0.0.1",
        .connection_limit = LIMIT_CONNECTIONS,
        .body_limit_bytes = LIMIT_BODY_BYTES,
        .head_ms = LIMIT_HEAD_MS,
        .body_ms = LIMIT_BODY_MS,
        .idle_ms = LIMIT_IDLE_MS,
        .write_ms = LIMIT_WRITE_MS,
        .on_request = handle,
    };
    struct http_server *server = base ? http_server_new(base, &options) : NULL;
    struct event *input = base ? event_new(base, STDIN_FILENO, EV_READ | EV_PERSIST, input_cb, base) : NULL;
    if (!server || !input)
        return 1;
    event_add(input, NULL);
    printf("port %u\n", http_server_port(server));
    fflush(stdout);
    event_base_dispatch(base);
    http_server_free(server);
    event_free(input);
    event_base_free(base);
    return 0;
}
