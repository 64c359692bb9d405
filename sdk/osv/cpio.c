// SPDX-License-Identifier: BSD-3-Clause
// Writes a guest tree as a cpio archive of format newc, as an initrd.
//
// Format: cpio(5), "New ASCII Format": a header of 6 + 13 * 8 hexadecimal digits, the name with its NUL, the data; header with
// name, and data, each padded with NULs to four bytes; "TRAILER!!!" ends the archive.
#include "cpio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 18, TRAILER_BLOCK = 512 };

struct hard_link {
    dev_t device;
    ino_t inode;
    uint32_t number;
};

struct writer {
    FILE *out;
    uint64_t bytes;
    uint32_t next_inode;
    struct hard_link *links; /* of files with more than one name */
    size_t link_count;
    char *buffer;
};

struct cpio_header {
    uint32_t inode, mode, uid, gid, links, mtime, size;
};

static void put(struct writer *writer, const void *bytes, size_t length)
{
    fwrite(bytes, 1, length, writer->out);
    writer->bytes += length;
}

static void pad(struct writer *writer, unsigned align)
{
    static const char zeros[TRAILER_BLOCK];
    put(writer, zeros, (size_t)(-writer->bytes & (align - 1)));
}

static void put_header(struct writer *writer, const struct cpio_header *h, const char *name)
{
    char head[111];
    size_t name_bytes = strlen(name) + 1;
    snprintf(head, sizeof(head), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", h->inode, h->mode, h->uid,
             h->gid, h->links, h->mtime, h->size, 0u, 0u, 0u, 0u, (unsigned)name_bytes, 0u);
    put(writer, head, 110);
    put(writer, name, name_bytes);
    pad(writer, 4);
}

/* Number a file. Return: true if the same file was written before under another name. */
static bool number_file(struct writer *writer, const struct stat *st, uint32_t *number)
{
    for (size_t i = 0; st->st_nlink > 1 && i < writer->link_count; i++)
        if (writer->links[i].inode == st->st_ino && writer->links[i].device == st->st_dev) {
            *number = writer->links[i].number;
            return true;
        }
    *number = writer->next_inode++;
    if (st->st_nlink > 1) {
        if ((writer->link_count & 63) == 0)
            writer->links = memory_resize(writer->links, (writer->link_count + 64) * sizeof(*writer->links));
        writer->links[writer->link_count++] = (struct hard_link){st->st_dev, st->st_ino, *number};
    }
    return false;
}

/* Exactly @size bytes, whatever happens to the file meanwhile. */
static bool copy_data(struct writer *writer, const char *source, uint64_t size, struct text *why)
{
    int fd = open(source, O_RDONLY | O_CLOEXEC);
    uint64_t done = 0;
    while (fd >= 0 && done < size) {
        uint64_t wish = size - done < BUFFER_BYTES ? size - done : BUFFER_BYTES;
        ssize_t got = read(fd, writer->buffer, (size_t)wish);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        put(writer, writer->buffer, (size_t)got);
        done += (uint64_t)got;
    }
    if (done < size)
        text_printf(why, "cannot read '%s' (%s); make it readable or leave it out", source,
                    fd < 0 || errno ? strerror(errno) : "it shrank meanwhile");
    if (fd >= 0)
        close(fd);
    pad(writer, 4);
    return done == size;
}

static bool put_entry(struct writer *writer, const struct tree_entry *entry, struct text *why)
{
    struct stat st = {.st_mode = entry->mode, .st_nlink = 1, .st_size = entry->data ? (off_t)strlen(entry->data) : 0};
    if (entry->source && lstat(entry->source, &st) != 0) {
        text_printf(why, "cannot read '%s' (%s)", entry->source, strerror(errno));
        return false;
    }
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode) && !S_ISFIFO(st.st_mode))
        return true;
    if (S_ISREG(st.st_mode) && st.st_size > 0xffffffffll) {
        text_printf(why, "'%s' is 4 GiB or larger, which the initrd cannot hold; leave it out", entry->source);
        return false;
    }
    struct cpio_header header = {
        .mode = st.st_mode, .uid = st.st_uid, .gid = st.st_gid,
        .links = S_ISREG(st.st_mode) ? (uint32_t)st.st_nlink : 1, .mtime = (uint32_t)st.st_mtime};
    bool again = S_ISREG(st.st_mode) && number_file(writer, &st, &header.inode);
    if (!S_ISREG(st.st_mode))
        header.inode = writer->next_inode++;
    if (S_ISLNK(st.st_mode))
        st.st_size = (off_t)strlen(entry->data);
    if ((S_ISREG(st.st_mode) && !again) || S_ISLNK(st.st_mode))
        header.size = (uint32_t)st.st_size;
    put_header(writer, &header, entry->path + 1);
    if (header.size && S_ISREG(st.st_mode) && entry->source)
        return copy_data(writer, entry->source, header.size, why);
    if (header.size) {
        put(writer, entry->data, header.size);
        pad(writer, 4);
    }
    return true;
}

bool cpio_write(int fd, struct guest_tree *tree, uint64_t *bytes, struct text *why)
{
    struct writer writer = {.out = fdopen(dup(fd), "w"), .next_inode = 1, .buffer = memory_allocate(BUFFER_BYTES)};
    bool good = writer.out != NULL;
    guest_tree_sort(tree);
    for (size_t i = 0; good && i < tree->count; i++)
        if (tree->entries[i].path[1])
            good = put_entry(&writer, &tree->entries[i], why);
    if (good) {
        put_header(&writer, &(struct cpio_header){.links = 1}, "TRAILER!!!");
        pad(&writer, TRAILER_BLOCK);
    }
    bool written = writer.out && !ferror(writer.out);
    if ((!writer.out || fclose(writer.out) != 0 || !written) && good) {
        text_printf(why, "cannot write the guest's file archive (%s); free some disk space or set TMPDIR", strerror(errno));
        good = false;
    }
    *bytes = writer.bytes;
    free(writer.links);
    free(writer.buffer);
    return good;
}
