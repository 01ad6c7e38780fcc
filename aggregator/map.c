#include "aggregator/map.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/json_out.h"
#include "common/limits.h"
#include "common/logline.h"
#include "common/must.h"

enum { COUNTY_ID_SIZE = 16 };

struct map {
    struct buf body; /* owned: the whole answer */
};

static bool
is_shape(const json_t *feature)
{
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *type = json_string_value(json_object_get(geometry, "type"));
    return type && (strcmp(type, "Polygon") == 0 || strcmp(type, "MultiPolygon") == 0) &&
           json_is_array(json_object_get(geometry, "coordinates"));
}

/* The county's code: a number or a text, "adcode" as map services name it, or "id". */
static bool
has_code(const json_t *feature)
{
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *code = json_object_get(properties, "adcode");
    if (!code)
        code = json_object_get(properties, "id");
    return json_is_integer(code) || json_string_length(code) > 0;
}

static bool
is_good(const json_t *map, const char *file)
{
    const char *type = json_string_value(json_object_get(map, "type"));
    const json_t *features = json_object_get(map, "features");
    size_t index;
    const json_t *feature;
    if (!type || strcmp(type, "FeatureCollection") != 0 || json_array_size(features) == 0) {
        log_error("map: %s: expected a GeoJSON FeatureCollection with a feature a county, found \"%s\"", file,
                  type ? type : "no type");
        return false;
    }
    json_array_foreach(features, index, feature)
    {
        if (is_shape(feature) && has_code(feature))
            continue;
        log_error("map: %s: features[%zu]: expected properties.adcode (or .id) with the county's code, and a "
                  "Polygon or MultiPolygon",
                  file, index);
        return false;
    }
    return true;
}

/* Written anew from what was read: nothing but JSON gets through, whatever the file had around it. */
static void
write_body(struct map *map, const json_t *geojson, const char *review_number)
{
    char *shapes =
        must(geojson ? json_dumps(geojson, JSON_COMPACT | JSON_REAL_PRECISION(7)) : strdup("null"));
    struct json_out json = {.buf = &map->body};
    json_open(&json, '{');
    json_put_text(&json, "review_number", review_number);
    json_key(&json, "geojson");
    json_raw(&json, span_of(shapes));
    json_close(&json, '}');
    free(shapes);
    must_hold(&map->body);
}

static json_t *
read_file(const char *file)
{
    json_error_t wrong;
    json_t *geojson = json_load_file(file, JSON_REJECT_DUPLICATES, &wrong);
    if (!geojson)
        log_error("map: %s: line %d: %s", file, wrong.line, wrong.text);
    if (geojson && is_good(geojson, file))
        return geojson;
    json_decref(geojson);
    return NULL;
}

struct map *
map_load(const char *file, const char *review_number)
{
    json_t *geojson = NULL;
    if (!file != !review_number) {
        log_error("map: map and map_review_number go together: a map is shown only with its review number");
        return NULL;
    }
    if (file && !(geojson = read_file(file)))
        return NULL;
    struct map *map = must(calloc(1, sizeof *map));
    write_body(map, geojson, review_number);
    json_decref(geojson);
    if (map->body.len > LIMIT_MAP_BYTES) {
        log_error("map: %s: expected at most %d bytes, found %zu: fewer points are enough for a wall", file,
                  LIMIT_MAP_BYTES, map->body.len);
        map_free(map);
        return NULL;
    }
    return map;
}

void
map_free(struct map *map)
{
    if (map)
        buf_free(&map->body);
    free(map);
}

void
map_answer(const struct map *map, struct http_exchange *exchange)
{
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "application/json",
                                                .fields = "Cache-Control: no-cache\r\n",
                                                .body = buf_span(&map->body)});
}
