/*
 * What the files of the HTTP server share, and nobody else includes.
 *
 *   http_server.c      the turn: what is handled, flushed, resumed and freed, and when; deadlines; drain
 *   http_listener.c    accepts, makes room, pauses when descriptors run out
 *   http_connection.c  the states of a connection; reads, and cuts requests out of what it read
 *   http_exchange.c    one request's way to its answer; answers leave in the order of the requests
 *   http_output.c      writes what is due, once a turn; then reads on, lingers or closes
 *   http_stream.c      answers that go on: blocks shared by many watchers
 */
#ifndef BOCHUANG_HTTP_INTERNAL_H
#define BOCHUANG_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/http_server.h"

enum {
    HTTP_READ_BYTES = 1 << 20,      /* the buffer that all connections read into */
    HTTP_REQUESTS_PER_TURN = 64,    /* of one connection, so that the others get their turn */
    HTTP_ACCEPTS_PER_TURN = 64,     /* as above, for those who wait at the door */
    HTTP_UNSENT_BYTES = 256 << 10,  /* answers not yet taken: past that no more requests are read */
    HTTP_KEEP_BYTES = 16 << 10,     /* a larger buffer is freed as soon as it is empty */
    HTTP_PROGRESS_BYTES = 64 << 10, /* a reader of long answers must take so much in each write_ms */
    HTTP_WARM_MS = 2000,            /* an idle connection keeps its small buffers that long */
    HTTP_LINGER_MS = 2000,          /* and bytes: how long we listen to a client we have refused, */
    HTTP_LINGER_BYTES = 32 << 20,   /* so that it reads the answer before the connection is reset */
    HTTP_TICK_MS = 250,             /* deadlines are looked at so often */
    HTTP_ACCEPT_PAUSE_MS = 100,     /* after running out of descriptors */
    HTTP_STREAM_BLOCKS = 4,         /* waiting on one stream */
    HTTP_STREAM_BYTES = 256 << 10,  /* in them together */
    HTTP_POOLED_EXCHANGES = 4096,   /* kept for reuse */
};

enum connection_state {
    CONNECTION_WARM,   /* nothing is going on; its buffers are still there */
    CONNECTION_IDLE,   /* nothing has been going on for a while; its buffers are gone */
    CONNECTION_HEAD,   /* a head is partly here */
    CONNECTION_BODY,   /* a body is partly here */
    CONNECTION_BUSY,   /* it waits for us: for an answer, or for its turn */
    CONNECTION_STREAM, /* its answer goes on */
    CONNECTION_LINGER, /* all is said; what still comes in is dropped */
    CONNECTION_CLOSED, /* freed at the end of the turn */
    CONNECTION_STATES
};

TAILQ_HEAD(http_connections, http_connection);
TAILQ_HEAD(http_exchanges, http_exchange);
TAILQ_HEAD(http_streams, http_stream);

struct http_connection {
    TAILQ_ENTRY(http_connection) of_state; /* always on the list of its state, oldest first */
    TAILQ_ENTRY(http_connection) of_dirty, of_resumed, of_unsent;
    struct http_server *server;
    int fd;
    enum connection_state state;
    int64_t since_ms; /* when it came into its state */
    struct event readable, writable;
    bool dirty;       /* on the list of those to flush at the end of this turn */
    bool resumed;     /* on the list of those to go on with in the next turn */
    bool unsent;      /* on the list of those whose client must take bytes by a deadline */
    bool paused;      /* not reading: it has enough open, or no more is wanted */
    bool unread;      /* the socket may have more than was read of it */
    bool no_more;     /* no further request is taken from it */
    bool peer_closes; /* the client's last byte is on its way, or read */
    bool peer_closed; /* the client has sent its last byte */
    bool finish;      /* close when all is sent */

    /* The request that is partly here, in `in`. */
    struct buf in;
    size_t in_counted;   /* of in.cap, how much the server's sum holds */
    size_t scanned;      /* see http_parse_head() */
    size_t needed_bytes; /* head and body, when known: not worth a look before they are here */
    bool head_seen;      /* its head was checked, its body is coming */
    bool of_head;        /* its method is HEAD: it is refused without a body, too */
    bool chunking;       /* the body is chunked; */
    size_t body_end;     /* decoded, it ends here */
    struct http_chunks chunks;
    bool continue_due; /* 100 (Continue) is to be sent when its turn comes */

    struct http_exchanges exchanges; /* open ones, in the order of the requests */
    unsigned open_count;
    struct http_stream *stream; /* owned; not NULL from the time its head is due */
    struct buf out;             /* bytes to send */
    size_t out_sent;            /* of them, how many are */
    size_t progress_bytes;      /* sent since unsent_since_ms */
    int64_t unsent_since_ms;
    char memo[HTTP_MEMO_BYTES] __attribute__((aligned(16)));
};

struct http_exchange {
    TAILQ_ENTRY(http_exchange) of_owner; /* its connection's, or the server's list of orphans or spares */
    struct http_server *server;          /* NULL when it was freed first */
    struct http_connection *connection;  /* NULL when the client has gone */
    struct http_stream *stream;          /* owned until its turn comes; then the connection's */
    struct buf held;                     /* the answer, while earlier ones are missing */
    bool answered, closes;
    bool head_only;     /* HEAD: no body is sent */
    bool old;           /* HTTP/1.0 */
    const char *fields; /* borrowed: of whatever it is answered; or NULL */
    bool keep_alive;    /* as the client wants it */
};

struct http_server {
    struct event_base *base; /* borrowed */
    struct http_server_options options;
    struct http_server_stats stats;
    int64_t now_ms;

    int listener;
    uint16_t port;
    struct event acceptable, accept_again;
    struct event turn_end, go_on, tick;
    bool in_turn; /* turn_end is due */
    bool moved;   /* a request was handled or answered: on_turn_end is due */
    bool draining;
    void (*on_drained)(void *arg);
    void *on_drained_arg;

    struct http_connections states[CONNECTION_STATES];
    struct http_connections dirty, resumed, unsent;
    struct http_exchanges orphans; /* open, but their clients have gone */
    struct http_exchanges spares;
    struct http_streams closing_streams; /* their on_close is due */
    size_t spare_count;
    size_t open_count;     /* exchanges, orphans among them */
    size_t buffered_bytes; /* of requests that are partly here */
    int64_t warm_ms;
    char *input; /* owned; HTTP_READ_BYTES */
};

/* --- http_server.c --- */
/* Something happens: takes the time, and sees to it that the turn has an end. */
void http_turn(struct http_server *server);
/* Goes on with this connection's requests in the next turn. */
void http_go_on_later(struct http_connection *connection);

/* --- http_listener.c --- */
bool http_listen(struct http_server *server);
void http_listener_close(struct http_server *server);

/* --- http_connection.c --- */
/* Takes over the descriptor; false when memory is out (then it is the caller's still). */
bool http_connection_open(struct http_server *server, int fd);
/* The one place where a connection changes its state. */
void http_connection_become(struct http_connection *connection, enum connection_state state);
/* Puts it into the state that its content says: after requests were taken or answers sent. */
void http_connection_settle(struct http_connection *connection);
/* Goes on with requests that were read before, and with reading. */
void http_connection_go_on(struct http_connection *connection);
/* Whether another request may be taken from it now. */
bool http_connection_may_take(const struct http_connection *connection);
/* Answers `status` behind what is open, and then closes. */
void http_connection_refuse(struct http_connection *connection, int status, const char *why);
/* Forgets what is partly here. */
void http_connection_forget_input(struct http_connection *connection);
void http_connection_count_input(struct http_connection *connection);
void http_connection_pause(struct http_connection *connection);
void http_connection_read_on(struct http_connection *connection);
/* Closes its descriptor now; it is freed at the end of the turn. Its exchanges become orphans. */
void http_connection_close(struct http_connection *connection);

/* --- http_exchange.c --- */
/* `head` NULL: for an error of ours. NULL when memory is out. */
struct http_exchange *http_exchange_open(struct http_connection *connection, const struct http_head *head);
void http_exchange_orphan_all(struct http_connection *connection);
void http_exchange_free_all(struct http_server *server);
void http_exchange_add_head(struct http_exchange *exchange, struct buf *out,
                            const struct http_answer *answer);
/* Where the bytes of this exchange go: straight out, or aside until it is first. */
struct buf *http_exchange_out(struct http_exchange *exchange);
/* Moves the answers that are due to the connection's output. */
void http_exchange_deliver(struct http_connection *connection);
/* Marks it answered, or frees it when the client has gone. */
void http_exchange_done(struct http_exchange *exchange, bool closes);

/* --- http_output.c --- */
/* Flush it at the end of this turn. */
void http_output_due(struct http_connection *connection);
void http_output_flush(struct http_connection *connection);
bool http_output_is_empty(const struct http_connection *connection);
/* Idle for a while: gives the small buffers back. */
void http_output_trim(struct http_connection *connection);

/* --- http_stream.c --- */
struct iovec;
/* The blocks that wait, as vectors; how many they are. */
size_t http_stream_vectors(const struct http_stream *stream, struct iovec vectors[HTTP_STREAM_BLOCKS]);
/* So many bytes of them are sent. True where a whole block went. */
bool http_stream_advance(struct http_stream *stream, size_t bytes);
bool http_stream_has_ended(const struct http_stream *stream);
/* The connection lets go of it. */
void http_stream_orphan(struct http_stream *stream);
/* Calls on_close of those that are due. */
void http_streams_close(struct http_server *server);

#endif
