/* SPDX-License-Identifier: MIT */
/*
 * fail.c -- the shim's end when it cannot latch: say why, and end the process. There is no recovery.
 */
#include "shim/control.h"
#include "shim/err.h"
#include "shim/sys.h"

struct text {
	char bytes[SBX_SUBJECT_MAX + 120];
	size_t len;
};

static void add(struct text *text, const char *s)
{
	for (; *s && text->len < sizeof(text->bytes) - 1; s++)
		text->bytes[text->len++] = *s;
}

static void add_number(struct text *text, unsigned n)
{
	char digits[12];
	size_t i = sizeof(digits) - 1;

	digits[i] = 0;
	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	add(text, digits + i);
}

static void print(const struct sbx_err *err)
{
	struct text text = { .len = 0 };

	add(&text, "sbx-shim: ");
	add(&text, sbx_step_name(err->step));
	add(&text, ": ");
	add(&text, err->subject);
	if (err->errnum) {
		add(&text, ": errno ");
		add_number(&text, (unsigned)err->errnum);
	}
	sbx_control_mask(text.bytes);
	add(&text, "\n");
	sbx_sys_write(2, text.bytes, text.len);
}

_Noreturn void sbx_fail(int fd, const struct sbx_err *err)
{
	struct sbx_msg msg = { .kind = SBX_MSG_ERR, .value = SBX_EXIT_FAILED, .err = *err };

	if (fd < 0 || sbx_sys_write(fd, &msg, sizeof(msg)) < 0)
		print(err);
	sbx_sys_exit(SBX_EXIT_FAILED);
}
