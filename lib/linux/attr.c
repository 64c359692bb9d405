// SPDX-License-Identifier: BSD-3-Clause
// chmod, chown, utimensat, truncate, access.
#include "abi/stat.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "linux/syscalls.h"
#include "path_arg.h"
#include "process/process.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#define UTIME_NOW_NS 0x3fffffff
#define UTIME_OMIT_NS 0x3ffffffe

typedef int (*place_fn)(const struct vfs_path *p, void *arg);

static int with_place(int dirfd, const char *user_path, unsigned walk_flags, place_fn fn, void *arg)
{
    struct path_arg path;
    struct vfs_path p;
    int r = path_arg_get(&path, user_path);

    if (r != 0)
        return r;
    r = vfs_walk(dirfd, path.name, walk_flags, &p);
    path_arg_put(&path);
    if (r != 0)
        return r;
    r = fn(&p, arg);
    vfs_path_put(&p);
    return r;
}

static int with_fd(int fd, bool path_ok, place_fn fn, void *arg)
{
    struct file *f = path_ok ? fd_get_path(fd) : fd_get(fd);

    if (f == NULL)
        return -EBADF;
    int r = f->path == NULL ? -EINVAL : fn(f->path, arg);
    file_put(f);
    return r;
}

static int set_attr(const struct vfs_path *p, void *arg)
{
    return vfs_set_attr(p, arg);
}

long sys_fchmodat(int dirfd, const char *path, mode_t mode)
{
    struct inode_attr a = {.valid = ATTR_MODE, .mode = mode & 07777};

    return with_place(dirfd, path, 0, set_attr, &a);
}

long sys_chmod(const char *path, mode_t mode)
{
    return sys_fchmodat(AT_FDCWD, path, mode);
}

long sys_fchmod(int fd, mode_t mode)
{
    struct inode_attr a = {.valid = ATTR_MODE, .mode = mode & 07777};

    return with_fd(fd, false, set_attr, &a);
}

static struct inode_attr owner_attr(uid_t uid, gid_t gid)
{
    return (struct inode_attr){
        .valid = (uid != (uid_t)-1 ? ATTR_UID : 0) | (gid != (gid_t)-1 ? ATTR_GID : 0), .uid = uid, .gid = gid};
}

long sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
    struct inode_attr a = owner_attr(uid, gid);

    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    return with_place(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0),
                      set_attr, &a);
}

long sys_chown(const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(AT_FDCWD, path, uid, gid, 0);
}

long sys_lchown(const char *path, uid_t uid, gid_t gid)
{
    return sys_fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(int fd, uid_t uid, gid_t gid)
{
    struct inode_attr a = owner_attr(uid, gid);

    return with_fd(fd, false, set_attr, &a);
}

/* ---- times ---- */

struct time_request {
    bool given, any_now, all_now;
    struct inode_attr attr;
};

static int check_times(const struct vfs_path *p, void *arg)
{
    struct time_request *q = arg;
    struct inode *i = vfs_path_inode(p);
    const struct vfs_cred *c = vfs_current_cred();

    if (q->attr.valid == 0)
        return 0;
    if (i->uid != c->uid && !vfs_cred_capable(c, VFS_CAP_FOWNER)) {
        if (!q->all_now)
            return -EPERM;
        int r = vfs_permission(i, 2, c);
        if (r != 0)
            return r;
    }
    return vfs_set_attr(p, &q->attr);
}

static int set_one_time(const struct timespec *ts, const struct timespec *now, unsigned bit, struct time_request *q,
                        struct timespec *out)
{
    if (ts->tv_nsec == UTIME_OMIT_NS) {
        q->all_now = false;
        return 0;
    }
    q->attr.valid |= bit;
    if (ts->tv_nsec == UTIME_NOW_NS) {
        *out = *now;
        return 0;
    }
    if (ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000)
        return -EINVAL;
    q->all_now = false;
    *out = *ts;
    return 0;
}

static int make_request(const struct timespec times[2], struct time_request *q)
{
    struct timespec now = inode_now();

    *q = (struct time_request){.all_now = true};
    if (times == NULL) {
        q->attr = (struct inode_attr){.valid = ATTR_ATIME | ATTR_MTIME, .atime = now, .mtime = now};
        return 0;
    }
    int r = set_one_time(&times[0], &now, ATTR_ATIME, q, &q->attr.atime);
    return r != 0 ? r : set_one_time(&times[1], &now, ATTR_MTIME, q, &q->attr.mtime);
}

static long set_times(int dirfd, const char *path, const struct timespec *times, int flags)
{
    struct time_request q;
    int r = make_request(times, &q);

    if (r != 0)
        return r;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    if (path == NULL && dirfd != AT_FDCWD)
        return flags ? -EINVAL : with_fd(dirfd, false, check_times, &q);
    return with_place(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0),
                      check_times, &q);
}

long sys_utimensat(int dirfd, const char *path, const struct timespec *times, int flags)
{
    struct timespec ts[2];

    if (times != NULL && copy_in(ts, times, sizeof ts) != 0)
        return -EFAULT;
    if (times != NULL && ts[0].tv_nsec == UTIME_OMIT_NS && ts[1].tv_nsec == UTIME_OMIT_NS)
        return 0;
    return set_times(dirfd, path, times == NULL ? NULL : ts, flags);
}

static long set_timevals(int dirfd, const char *path, const struct timeval *times)
{
    struct timeval tv[2];
    struct timespec ts[2];

    if (times == NULL)
        return set_times(dirfd, path, NULL, 0);
    if (copy_in(tv, times, sizeof tv) != 0)
        return -EFAULT;
    for (int k = 0; k < 2; k++) {
        if (tv[k].tv_usec < 0 || tv[k].tv_usec >= 1000000)
            return -EINVAL;
        ts[k] = (struct timespec){.tv_sec = tv[k].tv_sec, .tv_nsec = tv[k].tv_usec * 1000};
    }
    return set_times(dirfd, path, ts, 0);
}

long sys_utimes(const char *path, const struct timeval *times)
{
    return set_timevals(AT_FDCWD, path, times);
}

long sys_futimesat(int dirfd, const char *path, const struct timeval *times)
{
    return set_timevals(dirfd, path, times);
}

long sys_utime(const char *path, const struct utimbuf *times)
{
    struct utimbuf u;
    struct timespec ts[2] = {{0}, {0}};

    if (times == NULL)
        return set_times(AT_FDCWD, path, NULL, 0);
    if (copy_in(&u, times, sizeof u) != 0)
        return -EFAULT;
    ts[0].tv_sec = u.actime;
    ts[1].tv_sec = u.modtime;
    return set_times(AT_FDCWD, path, ts, 0);
}

/* ---- size ---- */

static int truncate_place(const struct vfs_path *p, void *arg)
{
    return vfs_truncate(p, *(int64_t *)arg);
}

long sys_truncate(const char *path, off_t length)
{
    int64_t n = length;

    return length < 0 ? -EINVAL : with_place(AT_FDCWD, path, 0, truncate_place, &n);
}

long sys_ftruncate(int fd, off_t length)
{
    if (length < 0)
        return -EINVAL;
    struct file *f = fd_get(fd);
    if (f == NULL)
        return -EBADF;
    int r = !file_writable(f) || f->ops->truncate == NULL ? -EINVAL : f->ops->truncate(f, length);
    file_put(f);
    return r;
}

/* ---- access ---- */

static int check_access(const struct vfs_path *p, void *arg)
{
    unsigned mask = *(const unsigned *)arg;
    struct inode *i = vfs_path_inode(p);

    if (mask == 0)
        return 0;
    int r = (mask & 2) && !S_ISCHR(i->mode) && !S_ISBLK(i->mode) && !S_ISFIFO(i->mode) && !S_ISSOCK(i->mode) ? vfs_want_write(p) : 0;
    return r != 0 ? r : vfs_permission(i, mask, vfs_current_cred());
}

/* access(2) asks as the real user: directories on the way included, so the caller becomes that user meanwhile. */
static long access_as_real_user(const struct credentials *now, int dirfd, const char *path, unsigned walk, unsigned mask)
{
    struct credentials *back = cred_clone(now, now->fs.n_groups), *real = cred_clone(now, now->fs.n_groups);

    if (back == NULL || real == NULL) {
        if (back != NULL)
            cred_put(back);
        if (real != NULL)
            cred_put(real);
        return -ENOMEM;
    }
    real->fs.uid = real->uid;
    real->fs.gid = real->gid;
    real->fs.capabilities = real->uid == 0 ? real->cap_permitted : 0;
    cred_commit(real);
    long r = with_place(dirfd, path, walk, check_access, &mask);
    cred_commit(back);
    return r;
}

long sys_faccessat2(int dirfd, const char *path, int mode, int flags)
{
    const struct credentials *c = process_cred();
    unsigned mask = (unsigned)mode, walk = flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0;

    if ((mode & ~7) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
        return -EINVAL;
    walk |= flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0;
    bool same = c->uid == c->fs.uid && c->gid == c->fs.gid && c->fs.capabilities == (c->uid == 0 ? c->cap_permitted : 0);
    return (flags & AT_EACCESS) || same ? with_place(dirfd, path, walk, check_access, &mask)
                                        : access_as_real_user(c, dirfd, path, walk, mask);
}

long sys_faccessat(int dirfd, const char *path, int mode)
{
    return sys_faccessat2(dirfd, path, mode, 0);
}

long sys_access(const char *path, int mode)
{
    return sys_faccessat2(AT_FDCWD, path, mode, 0);
}

long sys_fchmodat2(int dirfd, const char *path, mode_t mode, unsigned flags)
{
    struct inode_attr a = {.valid = ATTR_MODE, .mode = mode & 07777};

    if (flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    return with_place(dirfd, path, (flags & AT_SYMLINK_NOFOLLOW ? WALK_NOFOLLOW : 0) | (flags & AT_EMPTY_PATH ? WALK_EMPTY_OK : 0),
                      set_attr, &a);
}
