/* JSON for programs: exact integers in fen and milli-points, under the columns' keys. */
#include "cli/table.h"

#include "common/json_out.h"

static void
write_row(const struct table *table, size_t row, struct json_out *json)
{
    json_open(json, '{');
    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_cell *cell = table_cell(table, row, i);
        json_key(json, table->columns[i].key);
        if (cell->none)
            json_nil(json);
        else if (table->columns[i].kind == COLUMN_TEXT)
            json_text(json, cell->text);
        else
            json_int(json, cell->number);
    }
    json_close(json, '}');
}

void
table_write_json(const struct report *report, struct buf *out)
{
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    if (report->contest)
        json_put_text(&json, "contest", report->contest);
    if (report->view)
        json_put_text(&json, "view", report->view);
    if (report->version) {
        json_put_int(&json, "as_of_ms", report->as_of_ms);
        json_put_text(&json, "version", report->version);
    }
    json_key(&json, "tables");
    json_open(&json, '[');
    for (size_t i = 0; i < report->table_count; i++) {
        const struct table *table = report->tables[i];
        json_open(&json, '{');
        json_put_text(&json, "id", table->id);
        json_put_text(&json, "name", table->name);
        json_key(&json, "rows");
        json_open(&json, '[');
        for (size_t row = 0; row < table_row_count(table); row++)
            write_row(table, row, &json);
        json_close(&json, ']');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    buf_add_byte(out, '\n');
}
