#include "cli/post_export.h"

#include <stdio.h>
#include <string.h>

#include "cli/fetch_contest.h"
#include "cli/platform_file.h"
#include "cli/platform_options.h"
#include "common/json_out.h"

/* --- What is needed to begin --- */

static uint32_t
find_given(const struct command_usage *usage, const char *option, const char *id,
           const struct contest *contest, uint32_t (*find)(const struct contest *contest, struct span id))
{
    uint32_t found = id ? find(contest, span_of(id)) : CONTEST_NONE;
    if (id && found == CONTEST_NONE)
        options_refuse(usage, "--%s: expected the id of a %s of %s, found \"%.80s\"", option, option,
                       contest->id, id);
    return found;
}

static void
place_all(struct export *export, const struct export_options *options, const struct command_usage *usage)
{
    const struct contest *contest = export->contest;
    platform_check(usage, export->mapping, contest, options->session);
    export->placing = (struct placing){
        .mapping = export->mapping,
        .contest = contest,
        .session = find_given(usage, "session", options->session, contest, contest_find_session),
        .streamer = find_given(usage, "streamer", options->streamer, contest, contest_find_streamer),
        .product = find_given(usage, "product", options->product, contest, contest_find_product),
    };
}

bool
export_open(struct export *export, const struct export_options *options, const struct command_usage *usage)
{
    *export = (struct export){.mapping = platform_mapping(usage, options->platform, options->mapping)};
    struct http_client *board = http_client_new(options->board, options->token, NULL);
    bool read = false;
    export->contest = fetch_contest(board, options->contest, usage->name);
    if (export->contest) {
        place_all(export, options, usage);
        /* Of all sessions: a sale is here wherever it is here. */
        struct sales_wanted wanted = {export->contest, export->mapping->platform, NULL};
        read = sales_book_fetch(&export->book, board, &wanted, usage->name);
    }
    if (read)
        reconciliation_init(&export->sums, export->contest, &export->book);
    http_client_free(board);
    return read;
}

void
export_close(struct export *export)
{
    reconciliation_free(&export->sums);
    sales_book_free(&export->book);
    contest_release(export->contest);
    mapping_free(export->mapping);
}

/* --- One row --- */

/* Of the row only its order number is kept, and that only where it is one for sure. */
static bool
reject(struct posting *posting, const struct finding *finding, const struct misfit *misfit)
{
    struct buf event = {0};
    struct json_out json = {.buf = &event};
    json_open(&json, '{');
    if (finding->id.len > 0)
        json_put_str(&json, "id", finding->id);
    json_close(&json, '}');
    struct reject reject = {.line = finding->row->line,
                            .code = misfit->code,
                            .field = misfit->field,
                            .message = misfit->message,
                            .event = buf_span(&event)};
    bool kept = posting_reject(posting, &reject);
    buf_free(&event);
    return kept;
}

static bool
reject_difference(struct posting *posting, const struct finding *finding)
{
    struct misfit misfit = {.code = outcome_key(finding->outcome), .field = ""};
    snprintf(misfit.message, sizeof misfit.message, "%s%s%s", outcome_title(finding->outcome),
             finding->note[0] ? ": " : "", finding->note);
    return reject(posting, finding, &misfit);
}

static bool
send_missing(struct export *export, struct posting *posting, const struct finding *finding)
{
    const struct platform_row *row = finding->row;
    struct buf paid = {0}, refund = {0};
    struct misfit misfit;
    uint32_t session;
    bool fits =
        sale_event_paid(&export->placing, row, &session, &paid, &misfit) &&
        (finding->refund_fen == 0 || sale_event_refund(&export->placing, row, session, finding->refund_fen,
                                                       finding->refund_fen, &refund, &misfit));
    bool going = fits ? posting_add(posting, buf_span(&paid), row->line) : reject(posting, finding, &misfit);
    if (fits && going && refund.len > 0)
        going = posting_add(posting, buf_span(&refund), row->line);
    buf_free(&paid);
    buf_free(&refund);
    return going;
}

static bool
send_refund(struct export *export, struct posting *posting, const struct finding *finding)
{
    const struct booked_sale *sale = finding->sale;
    struct buf refund = {0};
    struct misfit misfit;
    int64_t refunded_fen = sale->amount_fen - sale->remaining_fen + finding->refund_fen;
    bool fits = sale_event_refund(&export->placing, finding->row, sale->session, finding->refund_fen,
                                  refunded_fen, &refund, &misfit);
    bool going = fits ? posting_add(posting, buf_span(&refund), finding->row->line)
                      : reject(posting, finding, &misfit);
    buf_free(&refund);
    return going;
}

static bool
post_row(struct export *export, struct posting *posting, const struct platform_row *row)
{
    struct finding finding;
    reconcile_row(&export->sums, row, &finding);
    if (finding.outcome == OUTCOME_MISSING_HERE)
        return send_missing(export, posting, &finding);
    if (finding.sale && finding.sale->session != CONTEST_NONE && finding.refund_fen > 0)
        return send_refund(export, posting, &finding);
    return !outcome_differs(finding.outcome) || reject_difference(posting, &finding);
}

/* --- A file --- */

bool
export_post(struct export *export, struct posting *posting, const char *path)
{
    struct buf why = {0};
    struct platform_row row;
    struct platform_file *file =
        platform_file_open(path, export->mapping, export->contest->utc_offset_min, &why);
    enum file_verdict verdict = file ? FILE_ROW : FILE_BROKEN;
    bool going = true;
    posting_begin(posting, strcmp(path, "-") == 0 ? "stdin" : path);
    while (going && verdict == FILE_ROW && (verdict = platform_file_next(file, &row, &why)) == FILE_ROW) {
        going = post_row(export, posting, &row);
        posting->line = row.line;
        posting->bytes = platform_file_bytes(file, &posting->bytes_total);
    }
    bool posted = posting_end(posting, going && verdict == FILE_END);
    progress_clear(&posting->progress);
    if (verdict == FILE_BROKEN)
        fprintf(stderr, "bochuang post: %s: %s\n", path, buf_text(&why));
    platform_file_free(file);
    buf_free(&why);
    return posted;
}

int64_t
export_already_here(const struct export *export)
{
    return export->sums.sums[OUTCOME_MATCHED].count;
}

int64_t
export_set_aside(const struct export *export)
{
    return export->sums.sums[OUTCOME_NEITHER].count + export->sums.sums[OUTCOME_GIFT].count +
           export->sums.sums[OUTCOME_OUTSIDE].count;
}
