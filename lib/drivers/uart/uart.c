// SPDX-License-Identifier: BSD-3-Clause
// 16550 serial port: polled output, registration as console.

#include "arch/crash.h"
#include "arch/io.h"
#include "arch/spinlock.h"
#include "device/console.h"
#include "registers.h"
#include "uart/uart.h"

static struct spinlock lock = SPINLOCK_INIT(RANK_CONSOLE);

static bool ready(void)
{
    return in8(UART_PORT + UART_LSR) & LSR_TX_EMPTY;
}

/* The transmit FIFO takes 16 bytes once it is empty. */
static void send(const char *s, size_t n)
{
    while (n) {
        for (unsigned wait = 0; wait < 1000000 && !ready(); wait++)
            cpu_relax();
        size_t burst = n < 16 ? n : 16;
        for (size_t i = 0; i < burst; i++)
            out8(UART_PORT + UART_DATA, (uint8_t)s[i]);
        s += burst;
        n -= burst;
    }
}

static void uart_write(struct console *c, const char *s, size_t n)
{
    irq_flags_t flags = spin_lock_irqsave(&lock);
    send(s, n);
    spin_unlock_irqrestore(&lock, flags);
}

static int uart_read_poll(struct console *c)
{
    return in8(UART_PORT + UART_LSR) & LSR_RX_READY ? in8(UART_PORT + UART_DATA) : -1;
}

static struct console uart = {
    .name = "ttyS0",
    .write = uart_write,
    .read_poll = uart_read_poll,
    .enable_input = uart_enable_input,
    .resume_input = uart_resume_input,
};

void uart_init(void)
{
    if (in8(UART_PORT + UART_LSR) == 0xff)
        return;
    out8(UART_PORT + UART_IER, 0);
    out8(UART_PORT + UART_LCR, LCR_8N1 | LCR_DIVISOR);
    out8(UART_PORT + UART_DATA, 1); /* 115200 baud */
    out8(UART_PORT + UART_IER, 0);
    out8(UART_PORT + UART_LCR, LCR_8N1);
    out8(UART_PORT + UART_FCR, FCR_ENABLE | FCR_CLEAR);
    out8(UART_PORT + UART_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    console_register(&uart);
}
