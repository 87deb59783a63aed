/* The encoder `template-encoder`: a line a document, with its id and the sizes of its text and layers. C99;
 * docmill.h explains the interface.
 *
 * To make it yours, change what the manifest says of it, the outputs of its contract, and what `encode` writes. */

#include "docmill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(text) {(const uint8_t *)(text), sizeof(text) - 1}

static const DmBytes MANIFEST = BYTES(
    "{\"name\": \"template-encoder\", \"version\": \"0.1.0\", \"components\": [{"
    "  \"kind\": \"encoder\", \"name\": \"template-encoder\", \"schema\": {"
    "    \"description\": \"Writes a line for each document to `sizes.tsv`, its parts separated by tabs: the id, the"
    " length of the text in chars, and for each layer its name and how many annotations it has, as in `sentences=2`.\","
    "    \"type\": \"object\", \"additionalProperties\": false, \"properties\": {}}}]}");

static const DmBytes CONTRACT = BYTES("{\"outputs\": [{\"path\": \"sizes.tsv\"}]}");

/* An instance, and what it wrote of the last document: that must stay as it is until the next one. */
typedef struct Encoder {
    uint8_t *line;
    size_t len, room;
} Encoder;

/* Adds bytes to the line, with a blank for each control character where `foreign`; false where there is no
 * memory for them. */
static int add(Encoder *encoder, const void *bytes, size_t len, int foreign)
{
    size_t at;
    if (len > encoder->room - encoder->len) {
        size_t room = 2 * (encoder->len + len);
        uint8_t *line = realloc(encoder->line, room);
        if (!line)
            return 0;
        encoder->line = line;
        encoder->room = room;
    }
    for (at = 0; at < len; at++) {
        uint8_t byte = ((const uint8_t *)bytes)[at];
        encoder->line[encoder->len++] = foreign && (byte < ' ' || byte == 0x7f) ? ' ' : byte;
    }
    return 1;
}

static int add_number(Encoder *encoder, const char *mark, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%s%lu", mark, (unsigned long)number);
    return add(encoder, text, strlen(text), 0);
}

static int add_document(Encoder *encoder, const DmDocument *document)
{
    const DmArrays *arrays = &document->arrays;
    const uint8_t *text = document->text.ptr;
    size_t at, chars = 0;
    int all;

    for (at = 0; at < document->text.len; at++)
        chars += (text[at] & 0xc0) != 0x80; /* other bytes continue a char */
    all = add(encoder, document->id.ptr, document->id.len, 1) && add_number(encoder, "\t", chars);
    for (at = 0; all && at < arrays->layers_len; at++) {
        const DmLayer *layer = &arrays->layers[at];
        const uint8_t *name = arrays->strings.ptr + layer->name.start;
        if (!layer->transient)
            all = add(encoder, "\t", 1, 0) && add(encoder, name, layer->name.len, 1)
                  && add_number(encoder, "=", layer->len);
    }
    return all && add(encoder, "\n", 1, 0);
}

static int32_t encode(void *instance, const DmDocument *document, DmBytes *outputs, size_t outputs_len,
                      DmProblem *problem)
{
    static const DmBytes NO_MEMORY = BYTES("there is no memory left; give docmill more, or smaller documents");
    Encoder *encoder = instance;

    encoder->len = 0;
    if (!add_document(encoder, document)) {
        problem->message = NO_MEMORY;
        return DM_FAILED;
    }
    if (outputs_len > 0) {
        outputs[0].ptr = encoder->line;
        outputs[0].len = encoder->len;
    }
    return DM_KEEP;
}

static int32_t create(const DmHost *host, uint32_t component, DmBytes settings, void **instance, DmProblem *problem)
{
    static const DmBytes NO_MEMORY = BYTES("there is no memory left for another instance");
    (void)host, (void)component, (void)settings;
    *instance = calloc(1, sizeof(Encoder));
    if (!*instance) {
        problem->message = NO_MEMORY;
        return DM_FAILED;
    }
    return DM_KEEP;
}

static void destroy(void *instance)
{
    Encoder *encoder = instance;
    free(encoder->line);
    free(encoder);
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
    .manifest = manifest, .contract = contract, .create = create, .destroy = destroy, .encode = encode,
};

DM_EXPORT const DmTable *docmill_plugin(uint32_t host_major)
{
    return host_major == DM_MAJOR ? &TABLE : NULL;
}
