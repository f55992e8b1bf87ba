/* SPDX-License-Identifier: MIT */
/*
 * interrupt.c -- sigpending(2), clock_gettime(2).
 */
#include "loader/base/interrupt.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

#include "loader/base/clock.h"

static const int ending[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
#define COUNT (sizeof(ending) / sizeof(ending[0]))

static bool begun, awaited[COUNT];
static int64_t until;
static int came;           /* the signal */
static const char *reason; /* why the work ends */

void sbx_interrupt_begin(const sigset_t *mask, int64_t deadline)
{
	const struct timespec no_time = { 0, 0 };
	struct sigaction action;
	sigset_t all;

	sigemptyset(&all);
	for (size_t i = 0; i < COUNT; i++) {
		awaited[i] = !sigismember(mask, ending[i]) && sigaction(ending[i], NULL, &action) == 0 &&
			     action.sa_handler != SIG_IGN;
		if (awaited[i])
			sigaddset(&all, ending[i]);
	}
	while (sigtimedwait(&all, NULL, &no_time) > 0)
		;
	until = deadline;
	begun = true;
}

int sbx_interrupt_signal(void)
{
	sigset_t pending;

	if (!begun || came || sigpending(&pending) < 0)
		return came;
	for (size_t i = 0; i < COUNT && !came; i++)
		if (awaited[i] && sigismember(&pending, ending[i]))
			came = ending[i];
	return came;
}

bool sbx_interrupted(void)
{
	if (reason || !begun)
		return reason;
	if (sbx_interrupt_signal())
		reason = strsignal(came);
	else if (until != SBX_NEVER && sbx_clock_now() >= until)
		reason = "the time is up";
	return reason;
}

const char *sbx_interrupt_reason(void)
{
	return reason;
}
