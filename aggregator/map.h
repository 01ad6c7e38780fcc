/*
 * A geographic map for the wall, in place of the tiles: only where the operator supplies one, and only
 * together with its review number (审图号), which is shown with it. China wants one of every published map
 * with administrative borders; the tiles, which have none, need none.
 *
 * GET /map.json is {"review_number":"GS(2021)…","geojson":{…}}, or both null.
 */
#ifndef BOCHUANG_MAP_H
#define BOCHUANG_MAP_H

#include "common/http_server.h"

struct map;

/*
 * Reads the GeoJSON file. Both NULL: no map. NULL, with the reason logged, where only one of them is given,
 * or the file is not a FeatureCollection of counties: each feature with properties.adcode (or .id) and a
 * polygon.
 */
struct map *map_load(const char *file, const char *review_number);
void map_free(struct map *map);

void map_answer(const struct map *map, struct http_exchange *exchange);

#endif
