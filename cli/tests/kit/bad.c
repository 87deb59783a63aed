/* A plugin with one component, and with one fault of those below where it is compiled with -DFAULT_…; without, a good
 * one. With -DENCODER the component is an encoder, else a stage that marks the capitals A to Z. C99. */

#define _DEFAULT_SOURCE

#include "docmill.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES(text) {(const uint8_t *)(text), sizeof(text) - 1}

/* What the plugin says of itself. */

#ifdef FAULT_BAD_NAME
#define NAME "Shout_It"
#else
#define NAME "shout"
#endif

#ifdef ENCODER
#define KIND "\"kind\": \"encoder\", \"extensions\": [\"caps\"], \"settings-for\": {\"path\": \"{path}\"}, "
#else
#define KIND "\"kind\": \"stage\", "
#endif

#ifdef FAULT_UNDOCUMENTED
#define DESCRIPTION
#else
#define DESCRIPTION "\"description\": \"How long, in chars, from 1. Default: 2.\","
#endif

#ifdef FAULT_UNREAD_KEYWORD
#define LEAST "\"multipleOf\": 2, "
#else
#define LEAST "\"minimum\": 1, "
#endif

#ifdef FAULT_WRONG_DEFAULT
#define DEFAULT "0"
#else
#define DEFAULT "2"
#endif

#ifdef FAULT_RESERVED_SETTING
#define LENGTH "timeout"
#else
#define LENGTH "min-length"
#endif

#ifdef FAULT_OPEN_SCHEMA
#define CLOSED
#else
#define CLOSED "\"additionalProperties\": false, "
#endif

#define COMPONENT \
    "{" KIND "\"name\": \"" NAME "\", \"schema\": {\"description\": \"Marks capitals.\", \"type\": \"object\", " CLOSED \
    "\"properties\": {\"" LENGTH "\": {\"type\": \"integer\", " LEAST DESCRIPTION "\"default\": " DEFAULT "}," \
    "\"path\": {\"type\": \"string\", \"description\": \"The file. Default: `out.caps`.\"}}}}"

#ifdef FAULT_OFFERED_TWICE
#define COMPONENTS COMPONENT ", " COMPONENT
#else
#define COMPONENTS COMPONENT
#endif

#ifdef DECODER
#define DECODINGS "\"as-it-is\""
#else
#define DECODINGS
#endif

#ifdef FAULT_NO_JSON
static const DmBytes MANIFEST = BYTES("name = shout");
#else
static const DmBytes MANIFEST =
    BYTES("{\"name\": \"bad\", \"version\": \"0.1.0\", \"decodings\": [" DECODINGS "], \"components\": [" COMPONENTS "]}");
#endif

#if defined ENCODER && defined FAULT_OUTPUT_OUTSIDE
static const DmBytes CONTRACT = BYTES("{\"outputs\": [{\"path\": \"../out.caps\"}]}");
#elif defined ENCODER && defined FAULT_NO_OUTPUT
static const DmBytes CONTRACT = BYTES("{}");
#elif defined ENCODER
static const DmBytes CONTRACT = BYTES("{\"outputs\": [{\"path\": \"out.caps\"}]}");
#elif defined FAULT_UNDECLARED_LAYER
static const DmBytes CONTRACT = BYTES("{\"sets\": [\"shouts\"]}");
#elif defined FAULT_UNDECLARED_METADATA
static const DmBytes CONTRACT = BYTES("{\"writes\": [\"shouts\"]}");
#else
static const DmBytes CONTRACT = BYTES("{\"writes\": [\"shouts\"], \"sets\": [\"shouts\"]}");
#endif

/* An instance. */
typedef struct {
    DmAnnotation *shouts;
    size_t len, room;
    DmFeature count;
    DmEdit edit;
    size_t seen;
    uint32_t before;
    pthread_t made_on;
    char head[32];
} Shout;

static int32_t manifest(DmBytes *json)
{
    *json = MANIFEST;
    return DM_KEEP;
}

static int32_t fail(DmProblem *problem, const char *message, const char *setting)
{
    problem->message.ptr = (const uint8_t *)message;
    problem->message.len = strlen(message);
    problem->setting.ptr = (const uint8_t *)setting;
    problem->setting.len = strlen(setting);
    return DM_FAILED;
}

/* What stands behind the key of the length, up to two chars of it. */
static const char *length_of(DmBytes settings, char found[3])
{
    static const char KEY[] = "\"" LENGTH "\":";
    size_t at;
    found[0] = found[1] = found[2] = 0;
    for (at = 0; at + sizeof KEY + 1 < settings.len; at++)
        if (memcmp(settings.ptr + at, KEY, sizeof KEY - 1) == 0)
            memcpy(found, settings.ptr + at + sizeof KEY - 1, 2);
    return found;
}

static int32_t contract(uint32_t component, DmBytes settings, DmBytes *json, DmProblem *problem)
{
    char found[3];
    (void)component;
    length_of(settings, found);
#ifdef FAULT_TRUSTS_SETTINGS
    if (found[0] == '"')
        abort();
#endif
    if (found[0] == '"') {
#if defined FAULT_GIVES_NO_REASON
        return fail(problem, "", "");
#elif defined FAULT_WRONG_POINTER
        return fail(problem, "it must be a number", "min-length");
#else
        return fail(problem, "it must be a number", "/min-length");
#endif
    }
    *json = CONTRACT;
    return DM_KEEP;
}

static int32_t create(const DmHost *host, uint32_t component, DmBytes settings, void **instance, DmProblem *problem)
{
    Shout *shout;
    (void)host, (void)component, (void)settings, (void)problem;
#ifdef FAULT_READS_PAST_THE_HOST
    if (host->version.len == 0)
        return fail(problem, "docmill has no version", "");
#endif
#ifdef FAULT_REFUSES_NEWER
    if (host->minor > DM_MINOR)
        return fail(problem, "this docmill is too new", "");
#endif
    shout = calloc(1, sizeof *shout);
    shout->made_on = pthread_self();
    memcpy(shout->head, "capitals\n", 9);
    *instance = shout;
    return DM_KEEP;
}

static void destroy(void *instance)
{
    Shout *shout = instance;
#ifdef FAULT_TIED_TO_A_THREAD
    if (!pthread_equal(shout->made_on, pthread_self()))
        abort();
#endif
#ifdef FAULT_KEEPS_INSTANCES
    memset(malloc(65536), 1, 65536);
#endif
    free(shout->shouts);
    free(shout);
}

static void annotate(Shout *shout, size_t start, size_t end)
{
    DmAnnotation annotation;
    memset(&annotation, 0, sizeof annotation);
    if (shout->len == shout->room) {
        shout->room = shout->room ? 2 * shout->room : 64;
        shout->shouts = realloc(shout->shouts, shout->room * sizeof annotation);
    }
    annotation.span.start = (uint32_t)start;
    annotation.span.end = (uint32_t)end;
    annotation.score = NAN;
    shout->shouts[shout->len++] = annotation;
}

/* Faults that a text brings out. */
static void look_at(Shout *shout, const uint8_t *text, size_t len)
{
    size_t at;
    (void)shout, (void)text, (void)at, (void)annotate;
#ifdef FAULT_EMPTY
    if (len == 0)
        abort();
#endif
#ifdef FAULT_LONG
    while (len > 500000)
        usleep(1000);
#endif
#ifdef FAULT_ENDS_WITH_CR
    if (len > 0 && text[len - 1] == '\r')
        abort();
#endif
    for (at = 0; at < len; at++) {
#ifdef FAULT_EMOJI
        if (text[at] == 0xf0)
            annotate(shout, at, at + 2);
#endif
#ifdef FAULT_COMBINING
        if (text[at] == 0xcc)
            annotate(shout, at + 1, at + 2);
#endif
#ifdef FAULT_RIGHT_TO_LEFT
        if (text[at] == 0xd7)
            annotate(shout, at + 2, at);
#endif
#ifdef FAULT_NUL
        if (text[at] == 0)
            annotate(shout, at, len + 1);
#endif
#ifdef FAULT_EXITS_AT_NUL
        if (text[at] == 0)
            exit(0);
#endif
#ifdef FAULT_RARE
        if (len - at > 2 && memcmp(text + at, "\346\235\261", 3) == 0)
            *(volatile int *)0 = 0;
#endif
    }
}

#ifndef ENCODER
static int32_t process(void *instance, const DmDocument *document, DmChanges *changes)
{
    static const DmBytes NAMES = BYTES("shouts");
    static const DmLayer LAYER = {{0, 6}, 0, 0, 0};
    Shout *shout = instance;
    const uint8_t *text = document->text.ptr;
    size_t len = document->text.len, start, end;
    double count;
    uint64_t bits;

#ifdef FAULT_REFUSES_LONGER_TABLES
    if (changes->size != sizeof *changes) {
        static const DmBytes MESSAGE = BYTES("this change set has another size");
        changes->message = MESSAGE;
        return DM_FAILED;
    }
#endif
#ifdef FAULT_CLEARS_THE_CHANGE_SET
    memset(changes, 0, sizeof *changes);
#endif
    shout->len = 0;
    look_at(shout, text, len);
    for (start = 0; start < len; start = end + 1) {
        for (end = start; end < len && text[end] >= 'A' && text[end] <= 'Z'; end++)
            ;
        if (end - start >= 2)
            annotate(shout, start, end);
    }
    count = (double)shout->len;
#ifdef FAULT_COUNTS_DOCUMENTS
    count = (double)++shout->seen;
#endif
#ifdef FAULT_REMEMBERS
    count = (double)shout->before;
    shout->before = (uint32_t)len;
#endif
#ifdef FAULT_STATIC_BUFFER
    {
        static volatile size_t shared;
        shared = len;
        usleep(2000);
        count = (double)shared;
    }
#endif
#ifdef FAULT_PRINTS
    printf("x");
#endif
#ifdef FAULT_LEAKS
    memset(malloc(24), 1, 24);
#endif
#ifdef FAULT_READS_FREED
    {
        volatile char *freed = malloc(24);
        free((void *)freed);
        shout->seen += freed[7] == 5;
    }
#endif
    memcpy(&bits, &count, sizeof bits);
    memset(&shout->count, 0, sizeof shout->count);
    shout->count.key.len = 6;
    shout->count.value.kind = DM_KIND_NUMBER;
    shout->count.value.a = (uint32_t)(bits >> 32);
    shout->count.value.b = (uint32_t)bits;
    changes->arrays.strings = NAMES;
    changes->arrays.layers = &LAYER;
    changes->arrays.layers_len = 1;
    changes->arrays.annotations = shout->shouts;
    changes->arrays.annotations_len = shout->len;
    changes->arrays.metadata = &shout->count;
    changes->arrays.metadata_len = 1;
#ifdef FAULT_UNDECLARED_EDIT
    if (len > 0 && text[0] < 0x80) {
        shout->edit.span.end = 1;
        shout->edit.reason = LAYER.name;
        changes->edits = &shout->edit;
        changes->edits_len = 1;
    }
#endif
#ifdef FAULT_STRING_OUTSIDE
    shout->count.key.start = 1000;
#endif
#ifdef FAULT_FAILS_ALWAYS
    changes->message = NAMES;
    return DM_FAILED;
#endif
#ifdef FAULT_RETURNS_NONSENSE
    return 77;
#endif
#ifdef FAULT_DROPS_WITHOUT_REASON
    return DM_DROP;
#endif
    return DM_KEEP;
}
#else
static int32_t header(void *instance, uint32_t output, DmBytes *bytes)
{
    Shout *shout = instance;
    (void)output;
#ifdef FAULT_HEADER_CHANGES
    shout->head[0] = shout->seen ? 'C' : 'c';
#endif
    bytes->ptr = (const uint8_t *)shout->head;
    bytes->len = strlen(shout->head);
    return DM_KEEP;
}

static int32_t encode(void *instance, const DmDocument *document, DmBytes *outputs, size_t outputs_len, DmProblem *problem)
{
    Shout *shout = instance;
    (void)problem;
    shout->seen++;
    look_at(shout, document->text.ptr, document->text.len);
    if (outputs_len > 0)
        outputs[0] = document->id;
    return DM_KEEP;
}
#endif

#ifdef DECODER
static int32_t decode(DmBytes how, DmBytes from, DmBytes *text)
{
    size_t at;
    (void)how;
#ifndef FAULT_DECODES_ANYTHING
    if (how.len != 8 || memcmp(how.ptr, "as-it-is", 8) != 0)
        return DM_FAILED;
#endif
    for (at = 0; at < from.len; at++)
        if (from.ptr[at] >= 0x80)
            return DM_FAILED;
    *text = from;
    return DM_KEEP;
}
#endif

static
#ifndef FAULT_NEW_TABLE
const
#endif
DmTable TABLE = {
#ifdef WRONG_MAGIC
    .magic = DM_MAGIC + 1,
#else
    .magic = DM_MAGIC,
#endif
#ifdef SIZE
    .size = SIZE,
#else
    .size = sizeof TABLE,
#endif
#ifdef WRONG_MAJOR
    .major = WRONG_MAJOR,
#else
    .major = DM_MAJOR,
#endif
#ifdef NEEDS_MINOR
    .needs_minor = NEEDS_MINOR,
#endif
    .manifest = manifest, .contract = contract, .destroy = destroy,
#ifndef NO_CREATE
    .create = create,
#endif
#ifdef DECODER
    .decode = decode,
#endif
#ifdef ENCODER
    .header = header, .encode = encode,
#elif !defined FAULT_NO_PROCESS
    .process = process,
#endif
};

#if defined FAULT_SLOW_TO_LOAD || defined FAULT_CRASHES_WHEN_LOADED || defined FAULT_EXITS_WHEN_LOADED
__attribute__((constructor)) static void loaded(void)
{
#ifdef FAULT_CRASHES_WHEN_LOADED
    abort();
#elif defined FAULT_EXITS_WHEN_LOADED
    exit(0);
#else
    usleep(300000);
#endif
}
#endif

#ifdef FAULT_CRASHES_AT_THE_END
__attribute__((destructor)) static void ended(void) { abort(); }
#endif

#ifdef CUT_TO_FIRST
/* A table of version 1.0, and behind it what nobody may follow. */
static struct { unsigned char table[offsetof(DmTable, decode)]; unsigned char poison[64]; } FIRST;
#endif

#ifndef NO_ENTRY
DM_EXPORT const DmTable *docmill_plugin(uint32_t host_major)
{
#ifdef FAULT_NEW_TABLE
    DmTable *table = malloc(sizeof *table);
    *table = TABLE;
    return host_major == DM_MAJOR ? table : NULL;
#elif defined CUT_TO_FIRST
    uint32_t size = offsetof(DmTable, decode);
    memset(&FIRST, 0xa5, sizeof FIRST);
    memcpy(FIRST.table, &TABLE, sizeof FIRST.table);
    memcpy(FIRST.table + offsetof(DmTable, size), &size, sizeof size);
    return host_major == DM_MAJOR ? (const DmTable *)(const void *)&FIRST : NULL;
#elif defined FAULT_ANY_MAJOR
    (void)host_major;
    return &TABLE;
#elif defined NULL_TABLE
    (void)host_major;
    return NULL;
#else
    return host_major == DM_MAJOR ? &TABLE : NULL;
#endif
}
#endif
