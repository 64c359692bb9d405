// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a cpio image: each member told lies inside it.
#include "../fuzz.h"
#include "cpio/cpio.h"

struct image {
    const char *bytes;
    size_t n;
};

static int check(const struct cpio_entry *e, void *arg)
{
    const struct image *image = arg;
    const char *data = e->data, *end = image->bytes + image->n;

    require(e->name >= image->bytes && e->name < end && memchr(e->name, 0, (size_t)(end - e->name)) != NULL,
            "a name ends inside the image");
    require(data >= image->bytes && data <= end && e->size <= (size_t)(end - data),
            "a member's data lie inside the image");
    return e->mode == 0xffffffff ? -ECANCELED : 0; /* some walk is stopped by the caller */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct image image = {(const char *)data, n};
    const char *why = NULL, *rest = NULL;
    int err = cpio_walk(data, n, check, &image, &why, &rest);

    require(err == 0 || err == -ECANCELED || ((err == -EINVAL || err == -EOPNOTSUPP) && why != NULL),
            "a refusal has a reason");
    return 0;
}
