/* The stage `template`: marks words written in the capitals A to Z. C99; docmill.h explains the interface.
 *
 * To make it yours, change what the manifest says of it, its contract, and what `process` says. */

#include "docmill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(text) {(const uint8_t *)(text), sizeof(text) - 1}

static const DmBytes MANIFEST = BYTES(
    "{\"name\": \"template\", \"version\": \"0.1.0\", \"components\": [{"
    "  \"kind\": \"stage\", \"name\": \"template\", \"schema\": {"
    "    \"description\": \"Marks words written in the capitals A to Z, in the layer `shouts`.\","
    "    \"type\": \"object\", \"additionalProperties\": false, \"properties\": {"
    "      \"min-length\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 100, \"default\": 2,"
    "        \"description\": \"The shortest word to mark, in chars, from 1 to 100. Default: 2.\"}}}}]}");

static const DmBytes CONTRACT = BYTES("{\"writes\": [\"shouts\"]}");

/* An instance, and what it said of the last document: that must stay as it is until the next one. */
typedef struct Stage {
    size_t min_length;
    DmAnnotation *shouts;
    size_t len, room;
} Stage;

static int is_blank(uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

/* Adds an annotation of the layer 0; false where there is no memory for it. */
static int annotate(Stage *stage, size_t start, size_t end)
{
    DmAnnotation annotation = {0};
    if (stage->len == stage->room) {
        size_t room = stage->room ? 2 * stage->room : 64;
        DmAnnotation *shouts = realloc(stage->shouts, room * sizeof *shouts);
        if (!shouts)
            return 0;
        stage->shouts = shouts;
        stage->room = room;
    }
    annotation.span.start = (uint32_t)start;
    annotation.span.end = (uint32_t)end;
    annotation.score = NAN;
    stage->shouts[stage->len++] = annotation;
    return 1;
}

static int32_t process(void *instance, const DmDocument *document, DmChanges *changes)
{
    static const DmBytes NAMES = BYTES("shouts");
    static const DmLayer SHOUTS = {{0, 6}, 0, 0, 0}; /* the bytes of NAMES that are its name */
    static const DmBytes NO_MEMORY = BYTES("there is no memory left; give docmill more, or smaller documents");
    Stage *stage = instance;
    const uint8_t *text = document->text.ptr;
    size_t len = document->text.len, start, end;

    stage->len = 0;
    for (start = 0; start < len; start = end + 1) {
        int shouts = 1;
        for (end = start; end < len && !is_blank(text[end]); end++)
            shouts = shouts && text[end] >= 'A' && text[end] <= 'Z';
        if (shouts && end - start >= stage->min_length && !annotate(stage, start, end)) {
            changes->message = NO_MEMORY;
            return DM_FAILED;
        }
    }
    changes->arrays.strings = NAMES;
    changes->arrays.layers = &SHOUTS;
    changes->arrays.layers_len = 1;
    changes->arrays.annotations = stage->shouts;
    changes->arrays.annotations_len = stage->len;
    return DM_KEEP;
}

/* The number under a key of the settings, which docmill has held to the schema. */
static size_t number(DmBytes settings, const char *key, size_t otherwise)
{
    size_t at, len = strlen(key), found = 0;
    for (at = 0; at + len < settings.len && memcmp(settings.ptr + at, key, len) != 0; at++)
        ;
    if (at + len >= settings.len)
        return otherwise;
    for (at += len; at < settings.len && (settings.ptr[at] < '0' || settings.ptr[at] > '9'); at++)
        ;
    for (; at < settings.len && settings.ptr[at] >= '0' && settings.ptr[at] <= '9'; at++)
        found = 10 * found + (settings.ptr[at] - '0');
    return found;
}

static int32_t create(const DmHost *host, uint32_t component, DmBytes settings, void **instance, DmProblem *problem)
{
    static const DmBytes NO_MEMORY = BYTES("there is no memory left for another instance");
    Stage *stage = calloc(1, sizeof *stage);
    (void)host, (void)component;
    if (!stage) {
        problem->message = NO_MEMORY;
        return DM_FAILED;
    }
    stage->min_length = number(settings, "\"min-length\"", 2);
    *instance = stage;
    return DM_KEEP;
}

static void destroy(void *instance)
{
    Stage *stage = instance;
    free(stage->shouts);
    free(stage);
}

static int32_t manifest(DmBytes *json)
{
    *json = MANIFEST;
    return DM_KEEP;
}

static int32_t contract(uint32_t component, DmBytes settings, DmBytes *json, DmProblem *problem)
{
    (void)component, (void)settings, (void)problem;
    *json = CONTRACT;
    return DM_KEEP;
}

static const DmTable TABLE = {
    .magic = DM_MAGIC, .size = sizeof TABLE, .major = DM_MAJOR, .needs_minor = 0,
    .manifest = manifest, .contract = contract, .create = create, .destroy = destroy, .process = process,
};

DM_EXPORT const DmTable *docmill_plugin(uint32_t host_major)
{
    return host_major == DM_MAJOR ? &TABLE : NULL;
}
