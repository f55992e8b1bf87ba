/* SPDX-License-Identifier: MIT */
/*
 * limits_table.c -- a row for each limit: its file in cgroup v2 (the kernel's admin-guide/cgroup-v2.rst), its property
 * of a scope (systemd.resource-control(5), org.freedesktop.systemd1(5)), its resource limit (getrlimit(2)).
 */
#include "loader/limits/limits_table.h"

#include <stdio.h>
#include <sys/resource.h>

#include "loader/limits/cgroup.h"

#define BY(id) .controller = 1u << SBX_CONTROLLER_##id

const struct sbx_holder sbx_holders[SBX_LIMIT__COUNT] = {
	[SBX_LIMIT_MEMORY] = { BY(MEMORY), "memory.max", false, "MemoryMax",
			       .rlimit = { RLIMIT_AS, .unit = 1, .least = 1, .each = true } },
	[SBX_LIMIT_SWAP] = { BY(MEMORY), "memory.swap.max", false, "MemorySwapMax" },
	[SBX_LIMIT_PIDS] = { BY(PIDS), "pids.max", true, "TasksMax",
			     .rlimit = { RLIMIT_NPROC, .unit = 1, .least = 1 } },
	[SBX_LIMIT_CPU] = { BY(CPU), "cpu.max", false, "CPUQuotaPerSecUSec" },
	[SBX_LIMIT_IO] = { BY(IO), "io.max", false, "IOReadBandwidthMax", "IOWriteBandwidthMax" },
	[SBX_LIMIT_CPU_TIME] = { .rlimit = { RLIMIT_CPU, .unit = 1000, .least = 1, .extra = 1 } },
	[SBX_LIMIT_FILE_SIZE] = { .rlimit = { RLIMIT_FSIZE, .unit = 1 } },
	[SBX_LIMIT_OPEN_FILES] = { .rlimit = { RLIMIT_NOFILE, .unit = 1, .least = 1 } },
	/* core(5): a core_pattern that is a pipe runs on the host and heeds no limit but 1, which means none at all */
	[SBX_LIMIT_CORE] = { .rlimit = { RLIMIT_CORE, .unit = 1, .least = 1, .raises = true } },
};

enum type { /* up to SPACE in bytes */ TYPE_MEMORY, TYPE_AMOUNT, TYPE_SPACE, TYPE_NUMBER, TYPE_PERCENT, TYPE_DURATION };
static const struct {
	const char *name;
	enum type type;
	const char *hint;
} words[SBX_LIMIT__COUNT] = {
#define LIMIT(id, key, type, ...) \
	[SBX_LIMIT_##id] = { key, TYPE_##type, "--set limits." key "=" SBX_LIMIT_ARG_##type " raises it" },
#define WITH_OPTION(id, key, type, by, doc, option, help) \
	[SBX_LIMIT_##id] = { key, TYPE_##type, "--" option " " SBX_LIMIT_ARG_##type " raises it" },
	SBX_LIMITS(LIMIT, WITH_OPTION)
#undef LIMIT
#undef WITH_OPTION
};

const char *sbx_limits_name(enum sbx_limit_id id)
{
	return words[id].name;
}

const char *sbx_limits_hint(enum sbx_limit_id id)
{
	return words[id].hint;
}

static const char *bytes_text(uint64_t value, char text[32])
{
	static const char scales[] = "\0KMGT";
	int scale = 0;
	double number = (double)value;

	for (; number >= 1024 && scale < 4; scale++)
		number /= 1024;
	snprintf(text, 32, number == (double)(uint64_t)number ? "%.0f%c" : "%.1f%c", number, scales[scale]);
	return text;
}

const char *sbx_limits_text(enum sbx_limit_id id, uint64_t value)
{
	static char text[32];

	if (value == SBX_UNLIMITED)
		return "unlimited";
	if (words[id].type <= TYPE_SPACE)
		return bytes_text(value, text);
	if (words[id].type == TYPE_NUMBER)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	else if (words[id].type == TYPE_PERCENT)
		snprintf(text, sizeof(text), "%g%%", (double)value * 100 / SBX_CPU_PERIOD_US);
	else
		snprintf(text, sizeof(text), "%gs", (double)value / 1000);
	return text;
}
