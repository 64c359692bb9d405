// SPDX-License-Identifier: BSD-3-Clause
// ioctl of terminals: termios in its four forms, window size, queues, job control.
#include "abi/termios.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "device/tty.h"
#include "file/file.h"
#include "tty_private.h"
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

static struct kernel_termios get_termios(struct tty *t)
{
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    struct kernel_termios k = t->termios;

    spin_unlock_irqrestore(&t->lock, flags);
    return k;
}

static void apply_termios(struct tty *t, const struct kernel_termios *k)
{
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    bool was_canonical = t->termios.c_lflag & ICANON;

    t->termios = *k;
    if (t->input != NULL)
        tty_input_mode_changed(t, was_canonical);
    if (!(k->c_iflag & IXON))
        t->stopped = false;
    spin_unlock_irqrestore(&t->lock, flags);
    if (t->ops->set_termios != NULL)
        t->ops->set_termios(t);
    wait_queue_wake(&t->readable, UINT32_MAX, 0);
    tty_output_ready(t);
}

/* @how: 0 now, 1 after output, 2 and flush input; output is never queued here. */
static long set_termios(struct tty *t, unsigned how, unsigned long arg, size_t n)
{
    struct kernel_termios k = get_termios(t);
    int r = tty_check_background(t, SIGTTOU);

    if (r != 0)
        return r;
    if (copy_in(&k, (const void *)arg, min(n, sizeof k)) != 0)
        return -EFAULT;
    if (how == 2)
        tty_input_flush(t);
    apply_termios(t, &k);
    return 0;
}

static long get_termios2(struct tty *t, unsigned long arg)
{
    struct kernel_termios k = get_termios(t);
    struct kernel_termios2 k2;

    memcpy(&k2, &k, sizeof k);
    k2.c_ispeed = k2.c_ospeed = 38400;
    return copy_out((void *)arg, &k2, sizeof k2);
}

static long get_termio(struct tty *t, unsigned long arg)
{
    struct kernel_termios k = get_termios(t);
    struct kernel_termio old = {.c_iflag = (uint16_t)k.c_iflag,
                                .c_oflag = (uint16_t)k.c_oflag,
                                .c_cflag = (uint16_t)k.c_cflag,
                                .c_lflag = (uint16_t)k.c_lflag,
                                .c_line = k.c_line};

    memcpy(old.c_cc, k.c_cc, sizeof old.c_cc);
    return copy_out((void *)arg, &old, sizeof old);
}

static long set_termio(struct tty *t, unsigned how, unsigned long arg)
{
    struct kernel_termios k = get_termios(t);
    struct kernel_termio old;
    int r = tty_check_background(t, SIGTTOU);

    if (r != 0)
        return r;
    if (copy_in(&old, (const void *)arg, sizeof old) != 0)
        return -EFAULT;
    k.c_iflag = (k.c_iflag & 0xffff0000u) | old.c_iflag;
    k.c_oflag = (k.c_oflag & 0xffff0000u) | old.c_oflag;
    k.c_cflag = (k.c_cflag & 0xffff0000u) | old.c_cflag;
    k.c_lflag = (k.c_lflag & 0xffff0000u) | old.c_lflag;
    memcpy(k.c_cc, old.c_cc, sizeof old.c_cc);
    if (how == 2)
        tty_input_flush(t);
    apply_termios(t, &k);
    return 0;
}

static long set_window(struct tty *t, unsigned long arg)
{
    struct tty_window w;

    if (copy_in(&w, (const void *)arg, sizeof w) != 0)
        return -EFAULT;
    irq_flags_t flags = spin_lock_irqsave(&t->lock);
    bool changed = memcmp(&w, &t->window, sizeof w) != 0;
    t->window = w;
    spin_unlock_irqrestore(&t->lock, flags);
    if (changed)
        tty_send_signal(t, SIGWINCH);
    return 0;
}

static long flush_queues(struct tty *t, unsigned long which)
{
    if (which > TCIOFLUSH)
        return -EINVAL;
    if (which == TCIFLUSH || which == TCIOFLUSH)
        tty_input_flush(t);
    return 0;
}

static long flow(struct tty *t, unsigned long action)
{
    if (action > TCION)
        return -EINVAL;
    if (action == TCOOFF)
        t->stopped = true;
    if (action == TCOON) {
        t->stopped = false;
        tty_output_ready(t);
    }
    return 0;
}

static int caller_session(void)
{
    return tty_job_ops != NULL && tty_job_ops->session != NULL ? tty_job_ops->session() : 0;
}

static long get_group(struct tty *t, unsigned long arg)
{
    if (t->session == 0 || t->session != caller_session())
        return -ENOTTY;
    return put_user_u32((void *)arg, (uint32_t)t->group);
}

static long set_group(struct tty *t, unsigned long arg)
{
    uint32_t pgrp;
    int r = tty_check_background(t, SIGTTOU);

    if (r != 0)
        return r;
    if (t->session == 0 || t->session != caller_session())
        return -ENOTTY;
    if (get_user_u32(&pgrp, (const void *)arg) != 0)
        return -EFAULT;
    if ((int)pgrp < 0)
        return -EINVAL;
    if (tty_job_ops->group_in_session != NULL && !tty_job_ops->group_in_session((int)pgrp, t->session))
        return -EPERM;
    t->group = (int)pgrp;
    return 0;
}

static long take_as_controlling(struct tty *t)
{
    int session = caller_session();

    if (session == 0 || (t->session != 0 && t->session != session))
        return -EPERM;
    t->session = session;
    if (t->group == 0)
        t->group = tty_job_ops->group != NULL ? tty_job_ops->group() : session;
    return 0;
}

static long job_ioctl(struct tty *t, unsigned cmd, unsigned long arg)
{
    switch (cmd) {
    case TIOCGPGRP:
        return get_group(t, arg);
    case TIOCSPGRP:
        return set_group(t, arg);
    case TIOCGSID:
        if (t->session == 0 || t->session != caller_session())
            return -ENOTTY;
        return put_user_u32((void *)arg, (uint32_t)t->session);
    case TIOCSCTTY:
        return take_as_controlling(t);
    case TIOCNOTTY:
        if (t->session == 0 || t->session != caller_session())
            return -ENOTTY;
        t->session = t->group = 0;
        return 0;
    default:
        return -ENOTTY;
    }
}

static long simulate_input(struct tty *t, unsigned long arg)
{
    uint8_t c;

    if (get_user_u8(&c, (const void *)arg) != 0)
        return -EFAULT;
    tty_receive(t, (const char *)&c, 1);
    return 0;
}

long tty_ioctl(struct tty *t, unsigned cmd, unsigned long arg)
{
    struct kernel_termios k;
    struct tty_window w;

    switch (cmd) {
    case TCGETS:
        k = get_termios(t);
        return copy_out((void *)arg, &k, sizeof k);
    case TIOCGWINSZ:
        w = t->window;
        return copy_out((void *)arg, &w, sizeof w);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_termios(t, cmd - TCSETS, arg, sizeof k);
    case KERNEL_TCGETS2:
        return get_termios2(t, arg);
    case KERNEL_TCSETS2:
    case KERNEL_TCSETSW2:
    case KERNEL_TCSETSF2:
        return set_termios(t, cmd - KERNEL_TCSETS2, arg, sizeof k);
    case TCGETA:
        return get_termio(t, arg);
    case TCSETA:
    case TCSETAW:
    case TCSETAF:
        return set_termio(t, cmd - TCSETA, arg);
    case TIOCSWINSZ:
        return set_window(t, arg);
    case TIOCINQ:
        return put_user_u32((void *)arg, (uint32_t)tty_input_count(t));
    case TIOCOUTQ:
        return put_user_u32((void *)arg, 0);
    case TCFLSH:
        return flush_queues(t, arg);
    case TCXONC:
        return flow(t, arg);
    case TCSBRK:
    case TCSBRKP:
    case TIOCSBRK:
    case TIOCCBRK:
        return 0; /* output is never queued; no line to break */
    case TIOCSTI:
        return simulate_input(t, arg);
    case TIOCEXCL:
        t->exclusive = true;
        return 0;
    case TIOCNXCL:
        t->exclusive = false;
        return 0;
    case TIOCGETD:
        return put_user_u32((void *)arg, 0);
    default:
        return job_ioctl(t, cmd, arg);
    }
}

long tty_file_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
    return tty_ioctl(f->priv, cmd, arg);
}
