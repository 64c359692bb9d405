// SPDX-License-Identifier: BSD-3-Clause
// Every Linux system call this kernel knows of, with Linux's argument types: the waist between programs and
// the kernel.
//
// Names are those of <sys/syscall.h> (SYS_pread64 -> sys_pread64). A call returns a value or a negative
// errno; pointers point into user memory and are checked by the call. Numbers and strace formats stand in
// ../../syscalls.tbl; a call that no file implements yet stands in ../../unimplemented.txt and answers
// -ENOSYS. Manual pages (section 2) are the specification.
//
// Signal sets are the kernel's 64-bit sets (`const uint64_t *`), never sigset_t. `loff_t` is off_t.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct clone_args;
struct dirent;
struct epoll_event;
struct file_handle;
struct iocb;
struct io_event;
struct iovec;
struct itimerspec;
struct itimerval;
struct kernel_sigaction;
struct kernel_siginfo;
struct mmsghdr;
struct mount_attr;
struct mq_attr;
struct msghdr;
struct msqid_ds;
struct open_how;
struct pollfd;
struct rlimit;
struct robust_list_head;
struct rseq;
struct rusage;
struct sched_attr;
struct sched_param;
struct sembuf;
struct shmid_ds;
struct sigaltstack;
struct sigevent;
struct sockaddr;
struct stat;
struct statfs;
struct statx;
struct sysinfo;
struct timespec;
struct timeval;
struct timex;
struct timezone;
struct tms;
struct user_cap_data;
struct user_cap_header;
struct ustat;
struct utimbuf;
struct utsname;

/* Files: contents. */
long sys_read(int fd, void *buf, size_t count);
long sys_write(int fd, const void *buf, size_t count);
long sys_pread64(int fd, void *buf, size_t count, off_t pos);
long sys_pwrite64(int fd, const void *buf, size_t count, off_t pos);
long sys_readv(int fd, const struct iovec *vec, unsigned long vlen);
long sys_writev(int fd, const struct iovec *vec, unsigned long vlen);
long sys_preadv(int fd, const struct iovec *vec, unsigned long vlen, unsigned long pos_low,
                unsigned long pos_high);
long sys_pwritev(int fd, const struct iovec *vec, unsigned long vlen, unsigned long pos_low,
                 unsigned long pos_high);
long sys_preadv2(int fd, const struct iovec *vec, unsigned long vlen, unsigned long pos_low,
                 unsigned long pos_high, int flags);
long sys_pwritev2(int fd, const struct iovec *vec, unsigned long vlen, unsigned long pos_low,
                  unsigned long pos_high, int flags);
long sys_lseek(int fd, off_t offset, int whence);
long sys_sendfile(int out_fd, int in_fd, off_t *offset, size_t count);
long sys_copy_file_range(int in_fd, off_t *in_off, int out_fd, off_t *out_off, size_t count, unsigned flags);
long sys_splice(int in_fd, off_t *in_off, int out_fd, off_t *out_off, size_t count, unsigned flags);
long sys_tee(int in_fd, int out_fd, size_t count, unsigned flags);
long sys_vmsplice(int fd, const struct iovec *vec, unsigned long vlen, unsigned flags);
long sys_readahead(int fd, off_t offset, size_t count);
long sys_fadvise64(int fd, off_t offset, size_t len, int advice);
long sys_fallocate(int fd, int mode, off_t offset, off_t len);
long sys_ftruncate(int fd, off_t length);
long sys_truncate(const char *path, off_t length);
long sys_fsync(int fd);
long sys_fdatasync(int fd);
long sys_sync(void);
long sys_syncfs(int fd);
long sys_sync_file_range(int fd, off_t offset, off_t nbytes, unsigned flags);

/* Files: descriptors. */
long sys_open(const char *path, int flags, mode_t mode);
long sys_openat(int dirfd, const char *path, int flags, mode_t mode);
long sys_openat2(int dirfd, const char *path, const struct open_how *how, size_t size);
long sys_creat(const char *path, mode_t mode);
long sys_close(int fd);
long sys_close_range(unsigned first, unsigned last, unsigned flags);
long sys_dup(int fd);
long sys_dup2(int fd, int new_fd);
long sys_dup3(int fd, int new_fd, int flags);
long sys_fcntl(int fd, unsigned cmd, unsigned long arg);
long sys_ioctl(int fd, unsigned cmd, unsigned long arg);
long sys_flock(int fd, unsigned op);
long sys_pipe(int *fds);
long sys_pipe2(int *fds, int flags);
long sys_memfd_create(const char *name, unsigned flags);
long sys_name_to_handle_at(int dirfd, const char *path, struct file_handle *handle, int *mount_id, int flags);
long sys_open_by_handle_at(int mount_fd, struct file_handle *handle, int flags);

/* Files: readiness. */
long sys_poll(struct pollfd *fds, unsigned nfds, int timeout_ms);
long sys_ppoll(struct pollfd *fds, unsigned nfds, struct timespec *timeout, const uint64_t *set,
               size_t setsize);
long sys_select(int n, void *in, void *out, void *except, struct timeval *timeout);
long sys_pselect6(int n, void *in, void *out, void *except, struct timespec *timeout, void *sig);
long sys_epoll_create(int size);
long sys_epoll_create1(int flags);
long sys_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
long sys_epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout_ms);
long sys_epoll_pwait(int epfd, struct epoll_event *events, int maxevents, int timeout_ms, const uint64_t *set,
                     size_t setsize);
long sys_epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
                      const uint64_t *set, size_t setsize);
long sys_eventfd(unsigned count);
long sys_eventfd2(unsigned count, int flags);
long sys_timerfd_create(int clock, int flags);
long sys_timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old);
long sys_timerfd_gettime(int fd, struct itimerspec *value);
long sys_signalfd(int fd, const uint64_t *mask, size_t setsize);
long sys_signalfd4(int fd, const uint64_t *mask, size_t setsize, int flags);
long sys_inotify_init(void);
long sys_inotify_init1(int flags);
long sys_inotify_add_watch(int fd, const char *path, uint32_t mask);
long sys_inotify_rm_watch(int fd, int wd);
long sys_fanotify_init(unsigned flags, unsigned event_flags);
long sys_fanotify_mark(int fd, unsigned flags, uint64_t mask, int dirfd, const char *path);

/* Files: names. */
long sys_stat(const char *path, struct stat *st);
long sys_lstat(const char *path, struct stat *st);
long sys_fstat(int fd, struct stat *st);
long sys_newfstatat(int dirfd, const char *path, struct stat *st, int flags);
long sys_statx(int dirfd, const char *path, unsigned flags, unsigned mask, struct statx *stx);
long sys_access(const char *path, int mode);
long sys_faccessat(int dirfd, const char *path, int mode);
long sys_faccessat2(int dirfd, const char *path, int mode, int flags);
long sys_getdents(int fd, void *dirent, unsigned count);
long sys_getdents64(int fd, void *dirent, unsigned count);
long sys_getcwd(char *buf, size_t size);
long sys_chdir(const char *path);
long sys_fchdir(int fd);
long sys_chroot(const char *path);
long sys_rename(const char *old_path, const char *new_path);
long sys_renameat(int old_dirfd, const char *old_path, int new_dirfd, const char *new_path);
long sys_renameat2(int old_dirfd, const char *old_path, int new_dirfd, const char *new_path, unsigned flags);
long sys_mkdir(const char *path, mode_t mode);
long sys_mkdirat(int dirfd, const char *path, mode_t mode);
long sys_mknod(const char *path, mode_t mode, unsigned dev);
long sys_mknodat(int dirfd, const char *path, mode_t mode, unsigned dev);
long sys_rmdir(const char *path);
long sys_link(const char *old_path, const char *new_path);
long sys_linkat(int old_dirfd, const char *old_path, int new_dirfd, const char *new_path, int flags);
long sys_unlink(const char *path);
long sys_unlinkat(int dirfd, const char *path, int flags);
long sys_symlink(const char *target, const char *path);
long sys_symlinkat(const char *target, int dirfd, const char *path);
long sys_readlink(const char *path, char *buf, int size);
long sys_readlinkat(int dirfd, const char *path, char *buf, int size);
long sys_chmod(const char *path, mode_t mode);
long sys_fchmod(int fd, mode_t mode);
long sys_fchmodat(int dirfd, const char *path, mode_t mode);
long sys_fchmodat2(int dirfd, const char *path, mode_t mode, unsigned flags);
long sys_chown(const char *path, uid_t user, gid_t group);
long sys_fchown(int fd, uid_t user, gid_t group);
long sys_lchown(const char *path, uid_t user, gid_t group);
long sys_fchownat(int dirfd, const char *path, uid_t user, gid_t group, int flags);
long sys_umask(int mask);
long sys_utime(const char *path, const struct utimbuf *times);
long sys_utimes(const char *path, const struct timeval *times);
long sys_futimesat(int dirfd, const char *path, const struct timeval *times);
long sys_utimensat(int dirfd, const char *path, const struct timespec *times, int flags);
long sys_setxattr(const char *path, const char *name, const void *value, size_t size, int flags);
long sys_lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags);
long sys_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
long sys_getxattr(const char *path, const char *name, void *value, size_t size);
long sys_lgetxattr(const char *path, const char *name, void *value, size_t size);
long sys_fgetxattr(int fd, const char *name, void *value, size_t size);
long sys_listxattr(const char *path, char *list, size_t size);
long sys_llistxattr(const char *path, char *list, size_t size);
long sys_flistxattr(int fd, char *list, size_t size);
long sys_removexattr(const char *path, const char *name);
long sys_lremovexattr(const char *path, const char *name);
long sys_fremovexattr(int fd, const char *name);

/* Files: mounts. */
long sys_statfs(const char *path, struct statfs *buf);
long sys_fstatfs(int fd, struct statfs *buf);
long sys_ustat(unsigned dev, struct ustat *buf);
long sys_sysfs(int option, unsigned long arg1, unsigned long arg2);
long sys_mount(const char *source, const char *target, const char *type, unsigned long flags,
               const void *data);
long sys_umount2(const char *target, int flags);
long sys_pivot_root(const char *new_root, const char *put_old);
long sys_open_tree(int dirfd, const char *path, unsigned flags);
long sys_move_mount(int from_dirfd, const char *from_path, int to_dirfd, const char *to_path, unsigned flags);
long sys_fsopen(const char *type, unsigned flags);
long sys_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux);
long sys_fsmount(int fd, unsigned flags, unsigned attr_flags);
long sys_fspick(int dirfd, const char *path, unsigned flags);
long sys_mount_setattr(int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size);
long sys_swapon(const char *path, int flags);
long sys_swapoff(const char *path);
long sys_quotactl(unsigned cmd, const char *special, unsigned id, void *addr);
long sys_acct(const char *path);

/* Memory. */
long sys_mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
long sys_munmap(void *addr, size_t length);
long sys_mprotect(void *addr, size_t length, int prot);
long sys_mremap(void *addr, size_t old_length, size_t new_length, int flags, void *new_addr);
long sys_madvise(void *addr, size_t length, int advice);
long sys_msync(void *addr, size_t length, int flags);
long sys_mincore(void *addr, size_t length, unsigned char *vec);
long sys_mlock(const void *addr, size_t length);
long sys_mlock2(const void *addr, size_t length, int flags);
long sys_munlock(const void *addr, size_t length);
long sys_mlockall(int flags);
long sys_munlockall(void);
long sys_brk(void *addr);
long sys_remap_file_pages(void *addr, size_t length, int prot, size_t pgoff, int flags);
long sys_pkey_mprotect(void *addr, size_t length, int prot, int pkey);
long sys_pkey_alloc(unsigned flags, unsigned rights);
long sys_pkey_free(int pkey);
long sys_mbind(void *addr, unsigned long length, unsigned long mode, const unsigned long *nodemask,
               unsigned long maxnode, unsigned flags);
long sys_set_mempolicy(int mode, const unsigned long *nodemask, unsigned long maxnode);
long sys_get_mempolicy(int *mode, unsigned long *nodemask, unsigned long maxnode, void *addr,
                       unsigned long flags);
long sys_set_mempolicy_home_node(unsigned long start, unsigned long length, unsigned long node,
                                 unsigned long flags);
long sys_migrate_pages(pid_t pid, unsigned long maxnode, const unsigned long *from, const unsigned long *to);
long sys_move_pages(pid_t pid, unsigned long count, void **pages, const int *nodes, int *status, int flags);
long sys_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long n_local,
                          const struct iovec *remote, unsigned long n_remote, unsigned long flags);
long sys_process_vm_writev(pid_t pid, const struct iovec *local, unsigned long n_local,
                           const struct iovec *remote, unsigned long n_remote, unsigned long flags);
long sys_process_madvise(int pidfd, const struct iovec *vec, size_t vlen, int advice, unsigned flags);
long sys_userfaultfd(int flags);
long sys_membarrier(int cmd, unsigned flags, int cpu);
long sys_cachestat(int fd, void *range, void *stat, unsigned flags);

/* Threads and processes. */
long sys_clone(unsigned long flags, void *stack, int *parent_tid, int *child_tid, unsigned long tls);
long sys_clone3(struct clone_args *args, size_t size);
long sys_fork(void);
long sys_vfork(void);
long sys_execve(const char *path, char *const *argv, char *const *envp);
long sys_execveat(int dirfd, const char *path, char *const *argv, char *const *envp, int flags);
long sys_exit(int status);
long sys_exit_group(int status);
long sys_wait4(pid_t pid, int *status, int options, struct rusage *usage);
long sys_waitid(int which, pid_t id, struct kernel_siginfo *info, int options, struct rusage *usage);
long sys_getpid(void);
long sys_getppid(void);
long sys_gettid(void);
long sys_getpgid(pid_t pid);
long sys_setpgid(pid_t pid, pid_t pgid);
long sys_getpgrp(void);
long sys_getsid(pid_t pid);
long sys_setsid(void);
long sys_set_tid_address(int *tid);
long sys_arch_prctl(int option, unsigned long arg);
long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
long sys_personality(unsigned persona);
long sys_set_thread_area(void *desc);
long sys_get_thread_area(void *desc);
long sys_modify_ldt(int func, void *ptr, unsigned long count);
long sys_iopl(unsigned level);
long sys_ioperm(unsigned long from, unsigned long count, int on);
long sys_futex(uint32_t *uaddr, int op, uint32_t val, const void *timeout, uint32_t *uaddr2, uint32_t val3);
long sys_futex_waitv(void *waiters, unsigned count, unsigned flags, struct timespec *timeout, int clock);
long sys_set_robust_list(struct robust_list_head *head, size_t len);
long sys_get_robust_list(pid_t pid, struct robust_list_head **head, size_t *len);
long sys_rseq(struct rseq *area, uint32_t len, int flags, uint32_t sig);
long sys_pidfd_open(pid_t pid, unsigned flags);
long sys_pidfd_send_signal(int pidfd, int sig, struct kernel_siginfo *info, unsigned flags);
long sys_pidfd_getfd(int pidfd, int fd, unsigned flags);
long sys_process_mrelease(int pidfd, unsigned flags);
long sys_unshare(unsigned long flags);
long sys_setns(int fd, int type);
long sys_ptrace(long request, pid_t pid, void *addr, void *data);
long sys_kcmp(pid_t pid1, pid_t pid2, int type, unsigned long idx1, unsigned long idx2);
long sys_seccomp(unsigned op, unsigned flags, void *args);

/* Scheduling. */
long sys_sched_yield(void);
long sys_sched_setparam(pid_t pid, const struct sched_param *param);
long sys_sched_getparam(pid_t pid, struct sched_param *param);
long sys_sched_setscheduler(pid_t pid, int policy, const struct sched_param *param);
long sys_sched_getscheduler(pid_t pid);
long sys_sched_get_priority_max(int policy);
long sys_sched_get_priority_min(int policy);
long sys_sched_rr_get_interval(pid_t pid, struct timespec *interval);
long sys_sched_setaffinity(pid_t pid, unsigned len, const unsigned long *mask);
long sys_sched_getaffinity(pid_t pid, unsigned len, unsigned long *mask);
long sys_sched_setattr(pid_t pid, struct sched_attr *attr, unsigned flags);
long sys_sched_getattr(pid_t pid, struct sched_attr *attr, unsigned size, unsigned flags);
long sys_getpriority(int which, int who);
long sys_setpriority(int which, int who, int prio);
long sys_ioprio_set(int which, int who, int prio);
long sys_ioprio_get(int which, int who);
long sys_getcpu(unsigned *cpu, unsigned *node, void *unused);

/* Signals. */
long sys_rt_sigaction(int sig, const struct kernel_sigaction *act, struct kernel_sigaction *old,
                      size_t setsize);
long sys_rt_sigprocmask(int how, const uint64_t *set, uint64_t *old, size_t setsize);
/* In a gate call (ARCH_ENTRY_GATE) the first argument register, not rsp, is the stack pointer that the handler's return left. */
long sys_rt_sigreturn(void);
long sys_rt_sigpending(uint64_t *set, size_t setsize);
long sys_rt_sigtimedwait(const uint64_t *set, struct kernel_siginfo *info, const struct timespec *timeout,
                         size_t setsize);
long sys_rt_sigqueueinfo(pid_t pid, int sig, struct kernel_siginfo *info);
long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, struct kernel_siginfo *info);
long sys_rt_sigsuspend(const uint64_t *set, size_t setsize);
long sys_sigaltstack(const struct sigaltstack *ss, struct sigaltstack *old);
long sys_kill(pid_t pid, int sig);
long sys_tkill(pid_t tid, int sig);
long sys_tgkill(pid_t tgid, pid_t tid, int sig);
long sys_pause(void);
long sys_restart_syscall(void);

/* Time. */
long sys_time(time_t *t);
long sys_gettimeofday(struct timeval *tv, struct timezone *tz);
long sys_settimeofday(const struct timeval *tv, const struct timezone *tz);
long sys_clock_gettime(clockid_t clock, struct timespec *ts);
long sys_clock_settime(clockid_t clock, const struct timespec *ts);
long sys_clock_getres(clockid_t clock, struct timespec *ts);
long sys_clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain);
long sys_clock_adjtime(clockid_t clock, struct timex *tx);
long sys_adjtimex(struct timex *tx);
long sys_nanosleep(const struct timespec *request, struct timespec *remain);
long sys_alarm(unsigned seconds);
long sys_getitimer(int which, struct itimerval *value);
long sys_setitimer(int which, const struct itimerval *value, struct itimerval *old);
long sys_timer_create(clockid_t clock, struct sigevent *event, int *id);
long sys_timer_settime(int id, int flags, const struct itimerspec *value, struct itimerspec *old);
long sys_timer_gettime(int id, struct itimerspec *value);
long sys_timer_getoverrun(int id);
long sys_timer_delete(int id);
long sys_times(struct tms *buf);

/* Credentials, limits, the system. */
long sys_getuid(void);
long sys_geteuid(void);
long sys_getgid(void);
long sys_getegid(void);
long sys_setuid(uid_t uid);
long sys_setgid(gid_t gid);
long sys_setreuid(uid_t ruid, uid_t euid);
long sys_setregid(gid_t rgid, gid_t egid);
long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid);
long sys_getresuid(uid_t *ruid, uid_t *euid, uid_t *suid);
long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid);
long sys_getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid);
long sys_setfsuid(uid_t uid);
long sys_setfsgid(gid_t gid);
long sys_getgroups(int size, gid_t *list);
long sys_setgroups(int size, const gid_t *list);
long sys_capget(struct user_cap_header *header, struct user_cap_data *data);
long sys_capset(struct user_cap_header *header, const struct user_cap_data *data);
long sys_getrlimit(unsigned resource, struct rlimit *limit);
long sys_setrlimit(unsigned resource, const struct rlimit *limit);
long sys_prlimit64(pid_t pid, unsigned resource, const struct rlimit *limit, struct rlimit *old);
long sys_getrusage(int who, struct rusage *usage);
long sys_uname(struct utsname *name);
long sys_sysinfo(struct sysinfo *info);
long sys_syslog(int type, char *buf, int len);
long sys_sethostname(const char *name, int len);
long sys_setdomainname(const char *name, int len);
long sys_getrandom(void *buf, size_t count, unsigned flags);
long sys_reboot(int magic1, int magic2, unsigned cmd, void *arg);
long sys_vhangup(void);
long sys_init_module(void *image, unsigned long len, const char *args);
long sys_finit_module(int fd, const char *args, int flags);
long sys_delete_module(const char *name, unsigned flags);
long sys_kexec_load(unsigned long entry, unsigned long n_segments, void *segments, unsigned long flags);
long sys_kexec_file_load(int kernel_fd, int initrd_fd, unsigned long len, const char *cmdline,
                         unsigned long flags);
long sys_add_key(const char *type, const char *description, const void *payload, size_t len, int ring);
long sys_request_key(const char *type, const char *description, const char *info, int ring);
long sys_keyctl(int op, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
long sys_perf_event_open(void *attr, pid_t pid, int cpu, int group_fd, unsigned long flags);
long sys_bpf(int cmd, void *attr, unsigned size);
long sys_lookup_dcookie(uint64_t cookie, char *buf, size_t len);
long sys_landlock_create_ruleset(const void *attr, size_t size, unsigned flags);
long sys_landlock_add_rule(int fd, int type, const void *attr, unsigned flags);
long sys_landlock_restrict_self(int fd, unsigned flags);
long sys_memfd_secret(unsigned flags);

/* Asynchronous I/O. */
long sys_io_setup(unsigned n_events, unsigned long *ctx);
long sys_io_destroy(unsigned long ctx);
long sys_io_submit(unsigned long ctx, long count, struct iocb **iocbs);
long sys_io_cancel(unsigned long ctx, struct iocb *iocb, struct io_event *result);
long sys_io_getevents(unsigned long ctx, long min, long max, struct io_event *events,
                      struct timespec *timeout);
long sys_io_pgetevents(unsigned long ctx, long min, long max, struct io_event *events,
                       struct timespec *timeout, const void *sig);
long sys_io_uring_setup(unsigned entries, void *params);
long sys_io_uring_enter(int fd, unsigned to_submit, unsigned min_complete, unsigned flags, const void *arg,
                        size_t argsz);
long sys_io_uring_register(int fd, unsigned op, void *arg, unsigned count);

/* Sockets. */
long sys_socket(int family, int type, int protocol);
long sys_socketpair(int family, int type, int protocol, int *fds);
long sys_bind(int fd, const struct sockaddr *addr, int addrlen);
long sys_listen(int fd, int backlog);
long sys_accept(int fd, struct sockaddr *addr, int *addrlen);
long sys_accept4(int fd, struct sockaddr *addr, int *addrlen, int flags);
long sys_connect(int fd, const struct sockaddr *addr, int addrlen);
long sys_shutdown(int fd, int how);
long sys_getsockname(int fd, struct sockaddr *addr, int *addrlen);
long sys_getpeername(int fd, struct sockaddr *addr, int *addrlen);
long sys_sendto(int fd, const void *buf, size_t len, unsigned flags, const struct sockaddr *addr,
                int addrlen);
long sys_recvfrom(int fd, void *buf, size_t len, unsigned flags, struct sockaddr *addr, int *addrlen);
long sys_sendmsg(int fd, const struct msghdr *msg, unsigned flags);
long sys_recvmsg(int fd, struct msghdr *msg, unsigned flags);
long sys_sendmmsg(int fd, struct mmsghdr *msgs, unsigned vlen, unsigned flags);
long sys_recvmmsg(int fd, struct mmsghdr *msgs, unsigned vlen, unsigned flags, struct timespec *timeout);
long sys_setsockopt(int fd, int level, int name, const void *value, int len);
long sys_getsockopt(int fd, int level, int name, void *value, int *len);

/* System V IPC and POSIX message queues. */
long sys_shmget(int key, size_t size, int flags);
long sys_shmat(int id, const void *addr, int flags);
long sys_shmdt(const void *addr);
long sys_shmctl(int id, int cmd, struct shmid_ds *buf);
long sys_semget(int key, int count, int flags);
long sys_semop(int id, struct sembuf *ops, unsigned count);
long sys_semtimedop(int id, struct sembuf *ops, unsigned count, const struct timespec *timeout);
long sys_semctl(int id, int num, int cmd, unsigned long arg);
long sys_msgget(int key, int flags);
long sys_msgsnd(int id, const void *msg, size_t size, int flags);
long sys_msgrcv(int id, void *msg, size_t size, long type, int flags);
long sys_msgctl(int id, int cmd, struct msqid_ds *buf);
long sys_mq_open(const char *name, int flags, mode_t mode, struct mq_attr *attr);
long sys_mq_unlink(const char *name);
long sys_mq_timedsend(int mqd, const char *msg, size_t len, unsigned prio, const struct timespec *deadline);
long sys_mq_timedreceive(int mqd, char *msg, size_t len, unsigned *prio, const struct timespec *deadline);
long sys_mq_notify(int mqd, const struct sigevent *event);
long sys_mq_getsetattr(int mqd, const struct mq_attr *attr, struct mq_attr *old);
