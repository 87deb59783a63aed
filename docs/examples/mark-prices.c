/* The stage `mark-prices`, from the book: marks prices in dollars, with their amounts, and writes them as USD. */

#include "docmill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(text) {(const uint8_t *)(text), sizeof(text) - 1}

static const DmBytes MANIFEST = BYTES(
    "{\"name\": \"mark-prices\", \"version\": \"0.1.0\", \"components\": [{"
    "  \"kind\": \"stage\", \"name\": \"mark-prices\", \"schema\": {"
    "    \"description\": \"Marks prices in dollars, in the layer `prices`, and writes them as USD.\","
    "    \"type\": \"object\", \"additionalProperties\": false, \"properties\": {}}}]}");

/* ANCHOR: contract */
static const DmBytes CONTRACT = BYTES("{\"writes\": [\"prices\"], \"sets\": [\"prices\"], \"edits-text\": true}");
/* ANCHOR_END: contract */

/* ANCHOR: strings */
/* All strings of the change set, in one row, and where each of them stands. */
static const DmBytes STRINGS = BYTES("prices" "USD " "amount" "currency-sign");
static const DmStr PRICES = {0, 6}, USD = {6, 3}, USD_BLANK = {6, 4}, AMOUNT = {10, 6}, SIGN = {16, 13};
/* ANCHOR_END: strings */

typedef struct Stage {
    DmAnnotation *prices;
    DmFeature *amounts;
    DmEdit *signs;
    size_t len, room;
    DmFeature count;
} Stage;

/* ANCHOR: number */
/* A number as the two words of a value. */
static DmValue number(double number)
{
    uint64_t bits;
    DmValue value = {DM_KIND_NUMBER, 0, 0};
    memcpy(&bits, &number, sizeof bits);
    value.a = (uint32_t)(bits >> 32);
    value.b = (uint32_t)bits;
    return value;
}
/* ANCHOR_END: number */

static int make_room(Stage *stage)
{
    size_t room = stage->room ? 2 * stage->room : 64;
    DmAnnotation *prices = realloc(stage->prices, room * sizeof *prices);
    DmFeature *amounts = realloc(stage->amounts, room * sizeof *amounts);
    DmEdit *signs = realloc(stage->signs, room * sizeof *signs);
    stage->prices = prices ? prices : stage->prices;
    stage->amounts = amounts ? amounts : stage->amounts;
    stage->signs = signs ? signs : stage->signs;
    if (!prices || !amounts || !signs)
        return 0;
    stage->room = room;
    return 1;
}

/* ANCHOR: add */
/* Marks the number from `start` to `end`, and replaces the dollar sign before it. */
static void add(Stage *stage, uint32_t start, uint32_t end, double amount)
{
    DmAnnotation *price = &stage->prices[stage->len];
    DmFeature *feature = &stage->amounts[stage->len];
    DmEdit *sign = &stage->signs[stage->len];

    memset(price, 0, sizeof *price);
    price->span.start = start;
    price->span.end = end;
    price->label = USD;
    price->score = NAN; /* none */
    price->features = (uint32_t)stage->len; /* its first one */
    price->features_len = 1;
    feature->key = AMOUNT;
    feature->value = number(amount);
    sign->span.start = start - 1;
    sign->span.end = start;
    sign->with = USD_BLANK;
    sign->reason = SIGN;
    stage->len++;
}
/* ANCHOR_END: add */

/* ANCHOR: process */
static int32_t process(void *instance, const DmDocument *document, DmChanges *changes)
{
    static const DmLayer LAYER = {{0, 6}, 0, 0, 0};
    static const DmBytes NO_MEMORY = BYTES("there is no memory left; give docmill more, or smaller documents");
    static const DmBytes NO_PRICES = BYTES("no-prices");
    Stage *stage = instance;
    const uint8_t *text = document->text.ptr;
    size_t len = document->text.len, start, end;

    stage->len = 0;
    for (start = 1; start < len; start = end + 1) {
        double amount = 0;
        for (end = start; text[start - 1] == '$' && end < len && text[end] >= '0' && text[end] <= '9'; end++)
            amount = 10 * amount + (text[end] - '0');
        if (end == start || end - start > 15)
            continue; /* no digits, or more than a price has */
        if (stage->len == stage->room && !make_room(stage)) {
            changes->message = NO_MEMORY;
            return DM_FAILED;
        }
        add(stage, (uint32_t)start, (uint32_t)end, amount);
    }
    if (stage->len == 0) {
        changes->message = NO_PRICES;
        return DM_DROP;
    }
    stage->count.key = PRICES;
    stage->count.value = number((double)stage->len);

    changes->arrays.strings = STRINGS;
    changes->arrays.layers = &LAYER;
    changes->arrays.layers_len = 1;
    changes->arrays.annotations = stage->prices;
    changes->arrays.annotations_len = stage->len;
    changes->arrays.features = stage->amounts;
    changes->arrays.features_len = stage->len;
    changes->arrays.metadata = &stage->count;
    changes->arrays.metadata_len = 1;
    changes->edits = stage->signs;
    changes->edits_len = stage->len;
    return DM_KEEP;
}
/* ANCHOR_END: process */

static int32_t create(const DmHost *host, uint32_t component, DmBytes settings, void **instance, DmProblem *problem)
{
    static const DmBytes NO_MEMORY = BYTES("there is no memory left for another instance");
    (void)host, (void)component, (void)settings;
    *instance = calloc(1, sizeof(Stage));
    if (!*instance) {
        problem->message = NO_MEMORY;
        return DM_FAILED;
    }
    return DM_KEEP;
}

static void destroy(void *instance)
{
    Stage *stage = instance;
    free(stage->prices);
    free(stage->amounts);
    free(stage->signs);
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
