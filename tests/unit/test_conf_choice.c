/*
 * test_conf_choice.c -- that one command's policy is the same, whether all built-in files were parsed or those that
 * were chosen.
 */
#include "tests/unit/test_conf.h"

#include <stdio.h>

#include "conf/config/builtin_choice.h"

/* Commands, and profiles: what is in the built-in files, and what isn't. */
struct names {
	const char *items[1024];
	size_t count;
};

static void push(struct names *names, const char *text)
{
	assert_true(names->count < sizeof(names->items) / sizeof(names->items[0]));
	names->items[names->count++] = text;
}

/* The command's part of each entry of `match`, as a name and as a path, with "x" for each star. */
static void push_match(struct sbx_pool *pool, struct names *commands, const char *entry)
{
	char *head = sbx_pool_dup(pool, entry, strcspn(entry, " "));

	for (char *at = head; *at; at++)
		*at = *at == '*' ? 'x' : *at;
	push(commands, head);
	push(commands, head[0] == '/' ? strrchr(head, '/') + 1 : sbx_pool_printf(pool, "/usr/bin/%s", head));
}

static void collect(struct sbx_config *config, struct names *commands, struct names *profiles)
{
	assert_int_equal(sbx_source_builtin(config), 0);
	for (size_t i = 0; i < config->profiles.count; i++) {
		const struct sbx_profile *profile = &config->profiles.items[i];

		push(profiles, profile->name);
		for (size_t j = 0; j < profile->match.count; j++)
			push_match(config->pool, commands, profile->match.items[j].text);
	}
	push(profiles, SBX_DEFAULT_PROFILE);
	push(commands, "true");
	push(commands, "/opt/bin/nothing");
	assert_true(profiles->count > 40 && commands->count > 100);
}

struct side {
	struct sbx_config config;
	struct sbx_errs errs;
	struct sbx_bytes bytes;
};

/* `text` is a configuration file's. */
static void run(struct side *side, struct sbx_pool *pool, const bool *builtins, const struct sbx_names *names,
		const char *profile, const char *text)
{
	struct sbx_compile args = { .config = &side->config, .abi = 7 };

	*side = (struct side){ .errs = { .pool = pool } };
	side->config = (struct sbx_config){ .pool = pool, .errs = &side->errs, .builtins = builtins };
	assert_int_equal(sbx_source_builtin(&side->config), 0);
	if (text)
		assert_int_equal(sbx_parse_text(&side->config, "t.conf", text, false), 0);
	args.profile = profile ? profile : sbx_match_command(&side->config, names);
	if (!profile)
		sbx_match_alternatives(&side->config, names, &args.alternatives);
	assert_int_equal(sbx_compile_policy(&args, &side->bytes), 0);
}

static size_t compare(struct names *names, const char *profile, const char *text)
{
	const struct sbx_names commands = { names->items, names->count };
	struct sbx_pool pool = { NULL };
	struct sbx_item item = { .text = text };
	const struct sbx_list texts = { &item, text ? 1 : 0 };
	const bool *chosen = sbx_builtins_choose(&pool, &commands, profile, &texts);
	struct side some, all;
	size_t count, read = 0;

	sbx_builtins(&count);
	for (size_t i = 0; i < count; i++)
		read += chosen[i];
	run(&some, &pool, chosen, &commands, profile, text);
	run(&all, &pool, NULL, &commands, profile, text);
	assert_int_equal(some.bytes.len, all.bytes.len);
	assert_memory_equal(some.bytes.bytes, all.bytes.bytes, all.bytes.len);
	sbx_pool_free(&pool);
	return read;
}

static const char *const texts[] = {
	"profiles = { gzip = { inherit = \"gzip\"; net = \"host\"; }; };",
	"profiles = { mine = { inherit = \"ffmpeg\"; match = [ \"true\", \"jq\" ]; }; };",
	"profiles = { jq = { match = [ \"true\" ]; }; parser = { inherit = \"parser\"; fs = { read = [ \"...\", "
	"\"/srv\" ]; }; }; };",
	"default = { net = \"host\"; };",
};

static void every_command_has_the_same_policy(void **state)
{
	struct names commands = { .count = 0 }, profiles = { .count = 0 };
	struct sbx_pool pool = { NULL };
	struct sbx_errs errs = { .pool = &pool };
	struct sbx_config config = { .pool = &pool, .errs = &errs };

	(void)state;
	collect(&config, &commands, &profiles);
	for (size_t i = 0; i < commands.count; i++) {
		struct names one = { .count = 0 };

		push(&one, commands.items[i]);
		if (i % 3 == 0) {
			compare(&one, NULL, texts[i % (sizeof(texts) / sizeof(texts[0]))]);
		} else {
			assert_true(compare(&one, NULL, NULL) < 6);
			push(&one, commands.items[(i * 7) % commands.count]); /* what its link leads to */
		}
		compare(&one, NULL, NULL);
	}
	sbx_pool_free(&pool);
}

static void every_profile_is_the_same(void **state)
{
	struct names commands = { .count = 0 }, profiles = { .count = 0 }, none = { .count = 0 };
	struct sbx_pool pool = { NULL };
	struct sbx_errs errs = { .pool = &pool };
	struct sbx_config config = { .pool = &pool, .errs = &errs };

	(void)state;
	collect(&config, &commands, &profiles);
	for (size_t i = 0; i < profiles.count; i++) {
		compare(&none, profiles.items[i], NULL);
		compare(&none, profiles.items[i], texts[i % (sizeof(texts) / sizeof(texts[0]))]);
	}
	sbx_pool_free(&pool);
}

static void a_command_without_a_profile_needs_the_defaults_alone(void **state)
{
	struct names one = { .count = 0 };

	(void)state;
	push(&one, "/usr/bin/true");
	assert_int_equal(compare(&one, NULL, NULL), 1);
	assert_int_equal(compare(&one, NULL, texts[3]), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_has_the_same_policy),
		cmocka_unit_test(every_profile_is_the_same),
		cmocka_unit_test(a_command_without_a_profile_needs_the_defaults_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
