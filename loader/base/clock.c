/* SPDX-License-Identifier: MIT */
/*
 * clock.c -- CLOCK_MONOTONIC goes on while sbx-wrap is stopped, and not while the machine sleeps.
 */
#include "loader/base/clock.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

/* The system call itself: libc's goes through the vDSO, and the three pages of that cost more than a few calls do. */
int64_t sbx_clock_now(void)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t sbx_clock_after(uint64_t ms)
{
	const int64_t now = sbx_clock_now();

	return ms < (uint64_t)(SBX_NEVER - now) / NS_PER_MS ? now + (int64_t)ms * NS_PER_MS : SBX_NEVER;
}

const struct timespec *sbx_clock_left(int64_t deadline, struct timespec *left)
{
	int64_t ns;

	if (deadline == SBX_NEVER)
		return NULL;
	ns = deadline - sbx_clock_now();
	ns = ns < 0 ? 0 : ns;
	left->tv_sec = ns / NS_PER_S;
	left->tv_nsec = ns % NS_PER_S;
	return left;
}

/* The system calls themselves: libc's bring threads into a program that has none. */
static int waker;

int sbx_clock_prepare(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGCONT };

	return (int)syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &waker);
}

/* Again and again from then on: a stop right behind the continue takes it back. */
void sbx_clock_wake(int64_t when)
{
	const struct itimerspec at = { .it_value = { when / NS_PER_S, when % NS_PER_S },
				       .it_interval = { 0, NS_PER_S / 10 } };

	if (when != SBX_NEVER)
		syscall(SYS_timer_settime, waker, TIMER_ABSTIME, &at, NULL);
}
