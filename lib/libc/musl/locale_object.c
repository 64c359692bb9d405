// SPDX-License-Identifier: BSD-3-Clause
// Locale objects with the fields behind musl's that libstdc++ and glibc's headers read from a locale_t.

#include "locale_impl.h"
#include "lock.h"
#include <ctype.h>
#include <langinfo.h>
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>

/* glibc's struct __locale_struct: 13 private pointers, the character tables, 13 names. musl's fields lie in the first. */
struct locale_object {
    struct __locale_struct musl;
    void *unused[13 - sizeof(struct __locale_struct) / sizeof(void *)];
    const unsigned short *ctype_b;
    const int *ctype_tolower;
    const int *ctype_toupper;
    const char *names[13];
};

_Static_assert(offsetof(struct locale_object, ctype_b) == 104, "glibc's locale_t");
_Static_assert(sizeof(struct locale_object) == 232, "glibc's locale_t");

const unsigned short **__ctype_b_loc(void);
const int32_t **__ctype_tolower_loc(void);
const int32_t **__ctype_toupper_loc(void);

static locale_t make(const struct __locale_struct *from)
{
    struct locale_object *object = __libc_malloc(sizeof *object);

    if (!object)
        return 0;
    object->musl = *from;
    object->ctype_b = *__ctype_b_loc();
    object->ctype_tolower = *__ctype_tolower_loc();
    object->ctype_toupper = *__ctype_toupper_loc();
    for (int i = 0; i < 13; i++)
        object->names[i] = i < LC_ALL && from->cat[i] ? from->cat[i]->name : "C";
    return (locale_t)object;
}

int __loc_is_allocated(locale_t loc)
{
    return loc && loc != C_LOCALE && loc != UTF8_LOCALE && loc != LC_GLOBAL_LOCALE;
}

/* glibc's callers ask for all categories by the bit of LC_ALL. */
locale_t __newlocale(int mask, const char *name, locale_t base)
{
    struct __locale_struct set;

    if (mask & 1 << LC_ALL)
        mask = LC_ALL_MASK;
    LOCK(__locale_lock);
    for (int i = 0; i < LC_ALL; i++) {
        int named = mask & 1 << i;
        set.cat[i] = !named && base ? base->cat[i] : __get_locale(i, named ? name : "");
        if (set.cat[i] == LOC_MAP_FAILED) {
            UNLOCK(__locale_lock);
            errno = ENOENT;
            return 0;
        }
    }
    UNLOCK(__locale_lock);
    locale_t made = make(&set);
    if (made && __loc_is_allocated(base))
        __libc_free(base);
    return made;
}

locale_t __duplocale(locale_t loc)
{
    return make(loc == LC_GLOBAL_LOCALE ? &libc.global_locale : loc);
}

void freelocale(locale_t loc)
{
    if (__loc_is_allocated(loc))
        __libc_free(loc);
}

weak_alias(__newlocale, newlocale);
weak_alias(__duplocale, duplocale);
weak_alias(freelocale, __freelocale);
