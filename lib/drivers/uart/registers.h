// SPDX-License-Identifier: BSD-3-Clause
// Registers of the 16550 at the first serial port.
#pragma once

struct console;

#define UART_PORT 0x3f8
#define UART_ISA_IRQ 4

enum uart_register { UART_DATA = 0, UART_IER = 1, UART_IIR = 2, UART_FCR = 2, UART_LCR = 3, UART_MCR = 4, UART_LSR = 5 };
enum { IER_RX = 1 };
enum { FCR_ENABLE = 1, FCR_CLEAR = 6 };
enum { LCR_8N1 = 3, LCR_DIVISOR = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT2 = 8 };
enum { LSR_RX_READY = 1, LSR_TX_EMPTY = 0x20 };

void uart_enable_input(struct console *c);
void uart_resume_input(struct console *c);
