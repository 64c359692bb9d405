// SPDX-License-Identifier: BSD-3-Clause
// Serial input by interrupt.

#include "arch/io.h"
#include "base/log.h"
#include "device/console.h"
#include "irqchip/gsi.h"
#include "registers.h"

static void receive(unsigned vector, void *arg)
{
    char bytes[64];
    size_t n, room;
    in8(UART_PORT + UART_IIR);
    do {
        room = console_room(arg);
        for (n = 0; n < sizeof(bytes) && n < room && in8(UART_PORT + UART_LSR) & LSR_RX_READY; n++)
            bytes[n] = (char)in8(UART_PORT + UART_DATA);
        if (n)
            console_input(arg, bytes, n);
    } while (n == sizeof(bytes));
    if (n == room)
        out8(UART_PORT + UART_IER, 0); /* the sender waits; uart_resume_input() goes on */
}

void uart_resume_input(struct console *c)
{
    out8(UART_PORT + UART_IER, IER_RX); /* raises the interrupt if something waits */
}

void uart_enable_input(struct console *c)
{
    enum gsi_mode mode;
    unsigned gsi = gsi_isa_to_gsi(UART_ISA_IRQ, &mode);
    int error = gsi_connect(gsi, mode, receive, c);
    if (error) {
        log_warn("serial input does not work: no interrupt line (%d)", error);
        return;
    }
    out8(UART_PORT + UART_IER, IER_RX);
    receive(0, c); /* what came before; an edge-triggered line would not tell */
}
