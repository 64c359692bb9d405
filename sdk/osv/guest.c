// SPDX-License-Identifier: BSD-3-Clause
// A guest while it runs: QEMU as a child, the terminal passed through, the end judged.
//
// One poll loop moves three streams: our input to the guest, the guest's output through the console filter, QEMU's own
// complaints to our standard error. How the guest ended is known from, in this order: our own kill (time-out, signal), the exit
// report on the console, isa-debug-exit's odd status without a complaint of QEMU. All else is a failure: QEMU ends with 0
// after a triple fault.
#include "guest.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ESCAPE = 0x1d /* Ctrl-] */, VEOF_BYTE = 4, VLNEXT_BYTE = 0x16 };

struct session {
    struct guest *guest;
    pid_t child;
    int to_guest, from_guest, complaints, signals;
    bool input_is_tty, input_open;
    struct text pending; /* input that the guest has not taken yet */
    struct text errors;  /* what QEMU said itself */
    int escapes;
    double first_escape_s;
    int killed_status;   /* nonzero once we ended the guest ourselves */
    struct termios saved;
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void make_raw(struct session *session)
{
    session->input_is_tty = tcgetattr(STDIN_FILENO, &session->saved) == 0;
    if (!session->input_is_tty)
        return;
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) { /* in the background: the terminal is somebody else's */
        session->input_is_tty = session->input_open = false;
        return;
    }
    struct termios raw = session->saved;
    cfmakeraw(&raw);
    raw.c_oflag = session->saved.c_oflag;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

static void restore_terminal(struct session *session)
{
    if (session->input_is_tty)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &session->saved);
}

static void make_pipe(int *reader, int *writer)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("cannot make a pipe (%s); close some programs and try again", strerror(errno));
    *reader = ends[0];
    *writer = ends[1];
}

static _Noreturn void exec_qemu(const struct guest *guest, int in, int out, int err, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(STATUS_FAILED);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    setpgid(0, 0); /* the terminal's Ctrl-C is ours to judge */
    execv(guest->argv->items[0], guest->argv->items);
    dprintf(STDERR_FILENO, "cannot execute '%s': %s", guest->argv->items[0], strerror(errno));
    _exit(1);
}

static void start_qemu(struct session *session)
{
    int in, out, err;
    make_pipe(&in, &session->to_guest);
    make_pipe(&session->from_guest, &out);
    make_pipe(&session->complaints, &err);
    (void)fcntl(out, F_SETPIPE_SZ, 1 << 20); /* QEMU drops output of a virtio console that does not fit */
    fcntl(session->to_guest, F_SETFL, O_NONBLOCK);
    pid_t parent = getpid();
    session->child = fork();
    if (session->child < 0)
        fail("cannot start a process (%s); close some programs and try again", strerror(errno));
    if (session->child == 0)
        exec_qemu(session->guest, in, out, err, parent);
    close(in);
    close(out);
    close(err);
}

static void open_signals(struct session *session)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    session->signals = signalfd(-1, &set, SFD_CLOEXEC);
}

static void end_guest(struct session *session, int status)
{
    if (!session->killed_status)
        session->killed_status = status;
    kill(session->child, SIGKILL);
}

static bool write_fully(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t put = write(fd, bytes, length);
        if (put < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (put < 0 && errno != EINTR) {
            return false;
        }
        if (put > 0) {
            bytes += put;
            length -= (size_t)put;
        }
    }
    return true;
}

static void show(struct session *session, struct text *out)
{
    if (!write_fully(STDOUT_FILENO, text_string(out), out->length) && !session->killed_status)
        end_guest(session, 128 + SIGPIPE);
    text_fini(out);
}

/* Return: false at the end of the stream. */
static bool take_output(struct session *session)
{
    char bytes[65536];
    struct text out = {0};
    ssize_t got = read(session->from_guest, bytes, sizeof(bytes));
    if (got > 0)
        console_filter_feed(session->guest->filter, bytes, (size_t)got, &out);
    show(session, &out);
    return got > 0 || (got < 0 && errno == EINTR);
}

static bool take_complaint(struct session *session)
{
    char bytes[4096];
    ssize_t got = read(session->complaints, bytes, sizeof(bytes));
    if (got > 0 && session->errors.length < 65536)
        text_append(&session->errors, bytes, (size_t)got);
    return got > 0 || (got < 0 && errno == EINTR);
}

/* From a terminal: count the escape. Return: true if the guest was ended. */
static bool count_escapes(struct session *session, const char *bytes, ssize_t length)
{
    for (ssize_t i = 0; i < length; i++) {
        double now = now_s();
        if (bytes[i] != ESCAPE || now - session->first_escape_s > 1)
            session->escapes = 0;
        if (bytes[i] != ESCAPE)
            continue;
        if (session->escapes++ == 0)
            session->first_escape_s = now;
        if (session->escapes == 3) {
            end_guest(session, 128 + SIGTERM);
            return true;
        }
    }
    return false;
}

/* Not from a terminal: the guest (--no-tty) gives two characters a meaning, and ^V quotes them. */
static void queue_plain(struct session *session, const char *bytes, ssize_t length)
{
    for (ssize_t i = 0; i < length; i++) {
        if (bytes[i] == VEOF_BYTE || bytes[i] == VLNEXT_BYTE)
            text_append_char(&session->pending, VLNEXT_BYTE);
        text_append_char(&session->pending, bytes[i]);
    }
}

static void queue_end(struct session *session)
{
    if (!session->input_is_tty)
        text_append_char(&session->pending, VEOF_BYTE);
    session->input_open = false;
}

static void take_input(struct session *session)
{
    char bytes[4096];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0)
        queue_end(session);
    else if (!session->input_is_tty)
        queue_plain(session, bytes, got);
    else if (!count_escapes(session, bytes, got))
        text_append(&session->pending, bytes, (size_t)got);
}

static void give_input(struct session *session)
{
    ssize_t put = write(session->to_guest, session->pending.data, session->pending.length);
    if (put < 0 && errno != EAGAIN && errno != EINTR)
        text_clear(&session->pending);
    if (put > 0) {
        session->pending.length -= (size_t)put;
        memmove(session->pending.data, session->pending.data + put, session->pending.length);
    }
}

static void take_signal(struct session *session)
{
    struct signalfd_siginfo info;
    if (read(session->signals, &info, sizeof(info)) == sizeof(info))
        end_guest(session, 128 + (int)info.ssi_signo);
}

static int remaining_ms(double deadline_s)
{
    if (deadline_s == 0)
        return -1;
    double left = (deadline_s - now_s()) * 1000;
    return left <= 0 ? 0 : left > 1e6 ? 1000000 : (int)left + 1;
}

static void move_streams(struct session *session, double deadline_s)
{
    enum { OUTPUT, COMPLAINTS, SIGNALS, INPUT, PENDING, STREAMS };
    bool output = true, complaints = true;
    while (output || complaints) {
        bool wanted = session->input_is_tty || session->guest->filter->input_wanted;
        bool room = session->input_open && session->pending.length == 0 && wanted;
        struct pollfd streams[STREAMS] = {
            [OUTPUT] = {.fd = output ? session->from_guest : -1, .events = POLLIN},
            [COMPLAINTS] = {.fd = complaints ? session->complaints : -1, .events = POLLIN},
            [SIGNALS] = {.fd = session->signals, .events = POLLIN},
            [INPUT] = {.fd = room ? STDIN_FILENO : -1, .events = POLLIN},
            [PENDING] = {.fd = session->pending.length ? session->to_guest : -1, .events = POLLOUT},
        };
        int ready = poll(streams, STREAMS, session->killed_status ? 1000 : remaining_ms(deadline_s));
        if (ready == 0 && session->killed_status)
            return;
        if (ready == 0 && deadline_s != 0 && now_s() >= deadline_s)
            end_guest(session, STATUS_TIMEOUT);
        if (ready <= 0)
            continue;
        if (streams[OUTPUT].revents)
            output = take_output(session);
        if (streams[COMPLAINTS].revents)
            complaints = take_complaint(session);
        if (streams[SIGNALS].revents)
            take_signal(session);
        if (streams[INPUT].revents)
            take_input(session);
        if (streams[PENDING].revents)
            give_input(session);
    }
}

static const char *fix_for(const char *complaint)
{
    static const struct {
        const char *part, *fix;
    } fixes[] = {
        {"set up host forwarding", "that port is in use on the host; choose another with -p"},
        {"Address already in use", "that port is in use; choose another"},
        {"could not configure /dev/net/tun", "use an existing tap interface that you own, or --net user"},
        {"cannot set up guest memory", "the host lacks that much memory; choose a smaller -m"},
        {"Cannot allocate memory", "the host lacks that much memory; choose a smaller -m"},
        {"KVM", "use --accel tcg"},
        {"kvm", "use --accel tcg"},
        {"CPU model", "choose another --cpu-model"},
        {"PVH", "the file is no bootable image; link it with osv-cc"},
        {"loading initrd", "give the guest more memory with -m"},
        {"initrd is too large", "give the guest more memory with -m"},
    };
    for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++)
        if (strstr(complaint, fixes[i].part))
            return fixes[i].fix;
    return "`osv run --dry-run` prints the command line";
}

static bool is_fatal(const struct session *session)
{
    return session->errors.length && !strstr(text_string(&session->errors), "warning:");
}

static void print_complaints(struct session *session)
{
    char *rest = session->errors.data;
    while (rest && *rest) {
        char *line = strsep(&rest, "\n");
        const char *text = strncmp(line, "qemu-system", 11) == 0 && strstr(line, ": ") ? strstr(line, ": ") + 2 : line;
        if (*text)
            warn("QEMU says: %s", text);
    }
}

/* QEMU ended without an exit report. */
static int judge_silent_end(struct session *session, int wait_status)
{
    if (WIFSIGNALED(wait_status)) {
        warn("QEMU was killed by signal %d (%s); start it again, with less memory if the host ran out",
             WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
        return STATUS_FAILED;
    }
    int status = WEXITSTATUS(wait_status);
    if (status != 0 && is_fatal(session)) {
        const char *first = text_string(&session->errors), *text = strstr(first, ": ");
        text = string_starts(first, "qemu-system") && text ? text + 2 : first;
        warn("QEMU failed: %.*s; %s", (int)strcspn(text, "\n"), text, fix_for(first));
        return STATUS_FAILED;
    }
    if (status & 1)
        return status >> 1;
    warn("the guest stopped without an exit status (triple fault, reset or power-off); look at it with --verbose or --gdb");
    return STATUS_CRASHED;
}

static int judge(struct session *session, int wait_status)
{
    if (session->killed_status == STATUS_TIMEOUT)
        warn("timed out after %g s; raise --timeout, or look with --gdb where it hangs", session->guest->timeout_s);
    if (session->killed_status)
        return session->killed_status;
    if (session->guest->filter->exit_status >= 0) {
        print_complaints(session);
        return session->guest->filter->exit_status;
    }
    return judge_silent_end(session, wait_status);
}

int guest_run(struct guest *guest)
{
    struct session session = {.guest = guest, .input_open = true};
    double deadline_s = guest->timeout_s > 0 ? now_s() + guest->timeout_s : 0;
    open_signals(&session);
    start_qemu(&session);
    make_raw(&session);
    move_streams(&session, deadline_s);
    int wait_status = 0;
    while (waitpid(session.child, &wait_status, 0) < 0 && errno == EINTR)
        ;
    struct text out = {0};
    console_filter_end(guest->filter, &out);
    show(&session, &out);
    restore_terminal(&session);
    return judge(&session, wait_status);
}
