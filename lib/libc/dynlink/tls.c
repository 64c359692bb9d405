// SPDX-License-Identifier: BSD-3-Clause
// Thread-local storage of loaded objects: a static block below the thread pointer, and blocks made at first
// use.

/*
 * Theory. The loader kernel reserves, at the very top of its own thread-local storage, OSV_DL_STATIC_TLS
 * bytes that end at the thread pointer. The program's own block must lie there (its code has the offsets
 * built in), other objects' blocks follow below it. musl copies one initial image into each new thread:
 * dl_tls_publish() replaces that image by one which holds the objects' initial data, too, and writes the data
 * into the threads that exist. Objects loaded later have dynamic blocks, found through a table per thread and
 * made at the first use, unless they were compiled for static blocks and there is room. Module numbers are
 * not used again while an index may be kept in a table.
 */
#include "dynlink.h"

#include "libc.h"
#include "pthread_impl.h"
#undef malloc
#undef calloc
#include <stdlib.h>
#include <string.h>

#define MAX_MODULES 1024

extern _Thread_local char osv_dl_static_tls[];
extern const char osv_dl_static_tls_bytes[]; /* its address is the number */

static struct dl_object *modules[MAX_MODULES + 1]; /* number 0 is nobody's */
static size_t n_modules, used;                     /* bytes of the static block */
static _Thread_local void **blocks;                /* by module; made when first needed */
static pthread_key_t blocks_key;
static bool have_key;

static void free_blocks(void *table)
{
    void **list = table;

    for (size_t i = 1; i <= MAX_MODULES; i++)
        free(list[i] ? ((void **)list[i])[-1] : NULL);
    free(list);
    blocks = NULL;
}

static int place_static(struct dl_object *o)
{
    size_t room = (size_t)osv_dl_static_tls_bytes;
    size_t offset = used + o->tls_bytes;

    /* The block keeps the place that its image has within the alignment. */
    offset += (-(uintptr_t)o->tls_image - offset) & (o->tls_align - 1);
    if (osv_dl_static_tls + room != (char *)__pthread_self())
        return dl_fail("%s: this kernel's static thread-local storage lies in the wrong place: link it with "
                       "the SDK's osv.ld",
                       o->path);
    if (o->tls_align > 64 || offset > room)
        return dl_fail("%s: no room for %zu bytes of static thread-local storage (%zu of %zu are in use): "
                       "run it with --linker=system",
                       o->path, o->tls_bytes, used, room);
    o->tls_offset = offset;
    used = offset;
    return 0;
}

int dl_tls_add(struct dl_object *o, bool at_start)
{
    if (!o->tls_bytes)
        return 0;
    for (size_t i = 1; i <= MAX_MODULES && !o->tls_module; i++) {
        if (modules[i])
            continue;
        modules[i] = o;
        o->tls_module = i;
        n_modules = i > n_modules ? i : n_modules;
    }
    if (!o->tls_module)
        return dl_fail("%s: more than %d objects with thread-local storage", o->path, MAX_MODULES);
    return at_start || (o->t.flags & DF_STATIC_TLS) ? place_static(o) : 0;
}

int dl_tls_make_static(struct dl_object *o)
{
    if (o->tls_offset)
        return 0;
    if (o->initialised || place_static(o))
        return -1;
    return 0;
}

void dl_tls_remove(struct dl_object *o)
{
    if (o->tls_module)
        modules[o->tls_module] = o->tls_offset ? o : NULL;
}

/* The data of @o as it must lie in a new thread; after its relocation. */
void dl_tls_publish(struct dl_object *o)
{
    struct tls_module *main = libc.tls_head;

    if (!o->tls_offset)
        return;
    if (main->len < main->size) {
        unsigned char *image = calloc(1, main->size);
        if (!image)
            abort();
        memcpy(image, main->image, main->len);
        main->image = image;
        main->len = main->size;
    }
    memcpy((unsigned char *)main->image + main->size - o->tls_offset, o->tls_image, o->tls_file_bytes);
    sigset_t set;
    pthread_t self = __pthread_self(), t = self;
    __block_app_sigs(&set);
    __tl_lock();
    do {
        memcpy((unsigned char *)t - o->tls_offset, o->tls_image, o->tls_file_bytes);
        memset((unsigned char *)t - o->tls_offset + o->tls_file_bytes, 0, o->tls_bytes - o->tls_file_bytes);
    } while ((t = t->next) != self);
    __tl_unlock();
    __restore_sigs(&set);
}

static void *make_block(const struct dl_object *o)
{
    size_t align = o->tls_align > 16 ? o->tls_align : 16;
    unsigned char *raw = malloc(o->tls_bytes + align + sizeof(void *));

    if (!raw)
        return NULL;
    unsigned char *block = (unsigned char *)(((uintptr_t)raw + sizeof(void *) + align - 1) & ~(align - 1));
    ((void **)block)[-1] = raw;
    memcpy(block, o->tls_image, o->tls_file_bytes);
    memset(block + o->tls_file_bytes, 0, o->tls_bytes - o->tls_file_bytes);
    return block;
}

void *dl_tls_block(size_t module, bool allocate)
{
    struct dl_object *o = module && module <= MAX_MODULES ? modules[module] : NULL;

    if (!o)
        return NULL;
    if (o->tls_offset)
        return (char *)__pthread_self() - o->tls_offset;
    if (blocks && blocks[module])
        return blocks[module];
    if (!allocate)
        return NULL;
    if (!have_key)
        have_key = pthread_key_create(&blocks_key, free_blocks) == 0;
    if (!blocks) {
        blocks = calloc(MAX_MODULES + 1, sizeof *blocks);
        if (blocks && have_key)
            pthread_setspecific(blocks_key, blocks);
    }
    return blocks ? blocks[module] = make_block(o) : NULL;
}

struct dl_tls_index *dl_tls_new_index(size_t module, size_t offset)
{
    struct dl_tls_index *i = malloc(sizeof *i);

    if (i)
        *i = (struct dl_tls_index){module, offset};
    return i;
}

void *osv_dl_tls_get_addr(const struct dl_tls_index *index)
{
    char *block = blocks ? blocks[index->module] : NULL;

    if (!block)
        block = dl_tls_block(index->module, true);
    if (!block)
        abort();
    return block + index->offset;
}
