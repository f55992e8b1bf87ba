/* SPDX-License-Identifier: MIT */
/*
 * sbx-scope.c -- sbx-scope PID NAME=VALUE...: a transient scope of systemd's with PID in it: the user manager's, the
 * system's for root.
 *
 * Prints the scope's cgroup, or one line with the reason, within 10 seconds. The scope goes with the last process in
 * it. Speaks with the manager itself and not over the bus, which a login need not have. PID and the properties are the
 * loader's; what the manager answers is printed. org.freedesktop.systemd1(5), sd-bus(3), systemd.resource-control(5).
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-bus.h>

#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define ALL_TIMEOUT_S 10
#define CALL_TIMEOUT_US 5000000u
#define JOB_TIMEOUT_US 5000000u

/* All others are 64-bit numbers, or one for a device: NUMBER PATH. */
static const struct {
	const char *name;
	bool optional; /* left out where systemd doesn't know it: OOMPolicy of scopes came with 253, and Debian's 252 */
} strings[] = { { "Slice", false }, { "OOMPolicy", true } };
#define STRINGS (sizeof(strings) / sizeof(strings[0]))

struct job {
	char path[256];
	const char *result; /* of it, once it is removed */
};

static int fail_scope(int error, const sd_bus_error *why, const char *what)
{
	printf("%s: %s\n", what, why && why->message ? why->message : strerror(-error));
	return EXIT_FAILURE;
}

static void on_alarm(int signo)
{
	static const char text[] = "no answer\n";

	(void)signo;
	_exit(write(STDOUT_FILENO, text, sizeof(text) - 1) > 0 ? EXIT_FAILURE : 127);
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int on_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct job *job = data;
	const char *path, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) < 0 || !*job->path ||
	    strcmp(path, job->path) != 0)
		return 0;
	job->result = strcmp(result, "done") == 0 ? "done" : "failed";
	return 0;
}

static int open_manager(sd_bus **bus)
{
	char address[128] = "unix:path=/run/systemd/private";
	int ret;

	if (getuid() != 0)
		snprintf(address, sizeof(address), "unix:path=/run/user/%u/systemd/private", (unsigned int)getuid());
	ret = sd_bus_new(bus);
	if (ret >= 0)
		ret = sd_bus_set_method_call_timeout(*bus, CALL_TIMEOUT_US);
	if (ret >= 0)
		ret = sd_bus_set_address(*bus, address);
	return ret < 0 ? ret : sd_bus_start(*bus);
}

static int append_property(sd_bus_message *message, const char *name, const char *value, bool optional)
{
	const char *path = strchr(value, ' ');

	for (size_t i = 0; i < STRINGS; i++)
		if (strcmp(name, strings[i].name) == 0)
			return strings[i].optional && !optional ?
				       0 :
				       sd_bus_message_append(message, "(sv)", name, "s", value);
	if (path)
		return sd_bus_message_append(message, "(sv)", name, "a(st)", 1, path + 1,
					     (uint64_t)strtoull(value, NULL, 10));
	return sd_bus_message_append(message, "(sv)", name, "t", (uint64_t)strtoull(value, NULL, 10));
}

static int append_properties(sd_bus_message *message, char **properties, bool optional)
{
	int ret = 0;

	for (; *properties && ret >= 0; properties++) {
		const char *equals = strchr(*properties, '=');
		char name[64];

		if (!equals || equals - *properties >= (long)sizeof(name))
			return -EINVAL;
		snprintf(name, sizeof(name), "%.*s", (int)(equals - *properties), *properties);
		ret = append_property(message, name, equals + 1, optional);
	}
	return ret;
}

static int make_request(sd_bus *bus, const char *unit, uint32_t pid, char **properties, bool optional,
			sd_bus_message **message)
{
	int ret = sd_bus_message_new_method_call(bus, message, NULL, SYSTEMD_PATH, MANAGER, "StartTransientUnit");

	if (ret >= 0)
		ret = sd_bus_message_append(*message, "ss", unit, "fail");
	if (ret >= 0)
		ret = sd_bus_message_open_container(*message, 'a', "(sv)");
	if (ret >= 0)
		ret = sd_bus_message_append(*message, "(sv)(sv)(sv)", "Description", "s", "a sandbox of sbx-wrap",
					    "PIDs", "au", 1, pid, "CollectMode", "s", "inactive-or-failed");
	if (ret >= 0)
		ret = append_properties(*message, properties, optional);
	if (ret >= 0)
		ret = sd_bus_message_close_container(*message);
	return ret < 0 ? ret : sd_bus_message_append(*message, "a(sa(sv))", 0);
}

static int wait_for_job(sd_bus *bus, const struct job *job)
{
	const uint64_t deadline = now_us() + JOB_TIMEOUT_US;
	int ret = 0;

	while (!job->result && ret >= 0) {
		const uint64_t now = now_us();

		ret = now < deadline ? sd_bus_process(bus, NULL) : -ETIMEDOUT;
		if (ret == 0)
			ret = sd_bus_wait(bus, deadline - now);
	}
	return ret < 0 ? ret : strcmp(job->result, "done") == 0 ? 0 : -EIO;
}

static int request_scope(sd_bus *bus, const char *unit, uint32_t pid, char **properties, bool optional,
			 sd_bus_error *why, sd_bus_message **reply)
{
	sd_bus_message *message = NULL;
	int ret = make_request(bus, unit, pid, properties, optional, &message);

	if (ret >= 0)
		ret = sd_bus_call(bus, message, 0, why, reply);
	sd_bus_message_unref(message);
	return ret;
}

/* Was it an optional property? "Cannot set property NAME, or unknown property." */
static bool is_unknown(const sd_bus_error *why)
{
	for (size_t i = 0; i < STRINGS; i++)
		if (strings[i].optional && why->message && strstr(why->message, strings[i].name))
			return true;
	return false;
}

static int start_scope(sd_bus *bus, const char *unit, uint32_t pid, char **properties, sd_bus_error *why)
{
	sd_bus_message *reply = NULL;
	struct job job = { "", NULL };
	const char *path = "";
	int ret = sd_bus_match_signal(bus, NULL, NULL, SYSTEMD_PATH, MANAGER, "JobRemoved", on_removed, &job);

	if (ret >= 0)
		ret = request_scope(bus, unit, pid, properties, true, why, &reply);
	if (ret < 0 && is_unknown(why)) {
		sd_bus_error_free(why);
		ret = request_scope(bus, unit, pid, properties, false, why, &reply);
	}
	if (ret >= 0)
		ret = sd_bus_message_read(reply, "o", &path);
	if (ret >= 0) {
		snprintf(job.path, sizeof(job.path), "%s", path);
		ret = wait_for_job(bus, &job);
	}
	sd_bus_message_unref(reply);
	return ret;
}

int main(int argc, char **argv)
{
	sd_bus_error why = SD_BUS_ERROR_NULL;
	char unit[64], *path = NULL, *group = NULL;
	sd_bus *bus = NULL;
	int ret;

	if (argc < 2 || atol(argv[1]) <= 0)
		return fail_scope(-EINVAL, NULL, "usage: sbx-scope PID NAME=VALUE...");
	signal(SIGALRM, on_alarm);
	alarm(ALL_TIMEOUT_S);
	ret = open_manager(&bus);
	if (ret < 0)
		return fail_scope(ret, NULL, "connect");
	snprintf(unit, sizeof(unit), "sbx-%s.scope", argv[1]);
	ret = start_scope(bus, unit, (uint32_t)atol(argv[1]), argv + 2, &why);
	if (ret < 0)
		return fail_scope(ret, &why, "StartTransientUnit");
	ret = sd_bus_path_encode(SYSTEMD_PATH "/unit", unit, &path);
	if (ret >= 0)
		ret = sd_bus_get_property_string(bus, NULL, path, "org.freedesktop.systemd1.Scope", "ControlGroup",
						 &why, &group);
	if (ret < 0)
		return fail_scope(ret, &why, "ControlGroup");
	alarm(0);
	puts(group);
	fflush(stdout);
	sd_bus_unref(bus);
	return EXIT_SUCCESS;
}
