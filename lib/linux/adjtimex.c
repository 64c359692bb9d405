// SPDX-License-Identifier: BSD-3-Clause
// adjtimex, clock_adjtime: what a time daemon asks and sets.
#include "abi/capability.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "base/types.h"
#include "clock_id.h"
#include "linux/syscalls.h"
#include "process/process.h"
#include "sched/mutex.h"
#include "sched/time.h"
#include <errno.h>
#include <sys/timex.h>
#include <time.h>

/*
 * An offset is applied at once instead of being slewed in; a frequency is kept and reported, and applied whenever the call is made,
 * for the time since the last one. STA_UNSYNC and the error bounds are the daemon's own notes.
 */

#define ADJ_ADJTIME 0x8000
#define ADJ_READONLY 0x2000
#define TICK_US 10000
#define FREQ_MAX (500l << 16)
#define OFFSET_MAX_NS (NSEC_PER_SEC / 2)
#define STATUS_WRITABLE (STA_PLL | STA_PPSFREQ | STA_PPSTIME | STA_FLL | STA_INS | STA_DEL | STA_UNSYNC | STA_FREQHOLD)

static struct mutex lock = MUTEX_INIT(lock);
static struct {
    long freq, maxerror, esterror, constant, tick;
    int status;
    nsec_t applied_ns; /* monotonic: up to when @freq and @tick are in the wall clock */
} state = {.maxerror = 16000000, .esterror = 16000000, .constant = 2, .tick = TICK_US, .status = STA_UNSYNC}; /* lock */

/* The wall clock's deviation since the last call: freq is in 2^-16 parts per million, tick in microseconds a hundredth of a second. */
static void apply_rate(void)
{
    nsec_t now = clock_monotonic_ns(), span = now - state.applied_ns;
    long rate = state.freq + (state.tick - TICK_US) * (100l << 16);

    state.applied_ns = now;
    if (rate != 0 && span > 0)
        clock_adjust_realtime(span / 1000000 * rate / 65536);
}

static int check(const struct timex *tx)
{
    if (tx->modes & ADJ_ADJTIME) {
        if (!(tx->modes & ADJ_OFFSET_SINGLESHOT & ~ADJ_ADJTIME))
            return -EINVAL;
        if (!(tx->modes & ADJ_READONLY) && !process_capable(CAP_SYS_TIME))
            return -EPERM;
    } else {
        if (tx->modes != 0 && !process_capable(CAP_SYS_TIME))
            return -EPERM;
        if ((tx->modes & ADJ_TICK) && (tx->tick < TICK_US * 9 / 10 || tx->tick > TICK_US * 11 / 10))
            return -EINVAL;
    }
    if (tx->modes & ADJ_SETOFFSET) {
        if (tx->time.tv_usec < 0 || tx->time.tv_usec >= (tx->modes & ADJ_NANO ? NSEC_PER_SEC : 1000000))
            return -EINVAL;
    }
    return 0;
}

static void step(const struct timex *tx)
{
    nsec_t unit = tx->modes & ADJ_NANO ? 1 : NSEC_PER_USEC;

    clock_adjust_realtime(tx->time.tv_sec * NSEC_PER_SEC + tx->time.tv_usec * unit);
}

static void set_offset(const struct timex *tx)
{
    nsec_t ns = tx->offset * (state.status & STA_NANO ? 1 : NSEC_PER_USEC);

    if (!(state.status & STA_PLL))
        return;
    clock_adjust_realtime(ns > OFFSET_MAX_NS ? OFFSET_MAX_NS : ns < -OFFSET_MAX_NS ? -OFFSET_MAX_NS : ns);
}

static void change(const struct timex *tx)
{
    if (tx->modes & ADJ_SETOFFSET)
        step(tx);
    if (tx->modes & ADJ_STATUS)
        state.status = (state.status & ~STATUS_WRITABLE) | (tx->status & STATUS_WRITABLE);
    if (tx->modes & ADJ_NANO)
        state.status |= STA_NANO;
    if (tx->modes & ADJ_MICRO)
        state.status &= ~STA_NANO;
    if (tx->modes & ADJ_FREQUENCY)
        state.freq = tx->freq > FREQ_MAX ? FREQ_MAX : tx->freq < -FREQ_MAX ? -FREQ_MAX : tx->freq;
    if (tx->modes & ADJ_MAXERROR)
        state.maxerror = tx->maxerror;
    if (tx->modes & ADJ_ESTERROR)
        state.esterror = tx->esterror;
    if (tx->modes & ADJ_TIMECONST)
        state.constant = tx->constant;
    if ((tx->modes & ADJ_TAI) && tx->constant >= 0)
        clock_set_tai_offset_s(tx->constant);
    if (tx->modes & ADJ_OFFSET)
        set_offset(tx);
    if (tx->modes & ADJ_TICK)
        state.tick = tx->tick;
}

static void report(struct timex *tx)
{
    nsec_t now = clock_realtime_ns();
    bool nano = state.status & STA_NANO;

    if (!(tx->modes & ADJ_ADJTIME))
        tx->offset = 0;
    tx->freq = state.freq;
    tx->maxerror = state.maxerror;
    tx->esterror = state.esterror;
    tx->status = state.status;
    tx->constant = state.constant;
    tx->precision = 1;
    tx->tolerance = FREQ_MAX;
    tx->tick = state.tick;
    tx->tai = (int)clock_tai_offset_s();
    tx->time.tv_sec = now / NSEC_PER_SEC;
    tx->time.tv_usec = now % NSEC_PER_SEC / (nano ? 1 : NSEC_PER_USEC);
    tx->ppsfreq = tx->jitter = tx->stabil = tx->jitcnt = tx->calcnt = tx->errcnt = tx->stbcnt = 0;
    tx->shift = 0;
}

/* adjtime(3): the old remaining offset is always 0, as the new one takes effect at once. */
static void single_shot(struct timex *tx)
{
    long offset = tx->offset;

    tx->offset = 0;
    if (!(tx->modes & ADJ_READONLY))
        clock_adjust_realtime(offset * NSEC_PER_USEC);
}

static long adjust(struct timex *user)
{
    struct timex tx;

    if (copy_in(&tx, user, sizeof(tx)) != 0)
        return -EFAULT;
    int r = check(&tx);
    if (r != 0)
        return r;
    mutex_lock(&lock);
    apply_rate();
    if (tx.modes & ADJ_ADJTIME)
        single_shot(&tx);
    else
        change(&tx);
    report(&tx);
    r = state.status & (STA_UNSYNC | STA_CLOCKERR) ? TIME_ERROR : TIME_OK;
    mutex_unlock(&lock);
    return copy_out(user, &tx, sizeof(tx)) != 0 ? -EFAULT : r;
}

long sys_adjtimex(struct timex *tx)
{
    return adjust(tx);
}

long sys_clock_adjtime(clockid_t clock, struct timex *tx)
{
    if (clock == CLOCK_REALTIME)
        return adjust(tx);
    nsec_t unused;
    bool exists = (clock >= 0 && clock <= CLOCK_TAI && clock != CLOCK_SGI_CYCLE) || (clock < 0 && cpu_clock_read_ns(clock, &unused) == 0);
    return exists ? -EOPNOTSUPP : -EINVAL;
}
