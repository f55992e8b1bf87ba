/* SPDX-License-Identifier: MIT */
/*
 * test_secrets.c -- the patterns of fs.secrets: how one fits, and what the built-in list takes for a secret.
 */
#include <stdio.h>
#include <unistd.h>

#include "conf/config/policy.h"
#include "shim/secrets.h"
#include "tests/unit/test_conf.h"

static int says(const char *pattern, const char *path, bool is_dir)
{
	const struct sbx_secret_name name = sbx_secret_name(path, is_dir);

	return sbx_secret_match(pattern, &name);
}

static void the_end_of_the_path_counts(void **state)
{
	(void)state;
	assert_int_equal(says("*.key", "/srv/a.key", false), 1);
	assert_int_equal(says("*.key", "/srv/a.key/b", false), 0);
	assert_int_equal(says("!*.key", "/srv/a.key", false), -1);
	assert_int_equal(says(".aws/credentials", "/srv/x/.aws/credentials", false), 1);
	assert_int_equal(says(".aws/credentials", "/.aws/credentials", false), 1);
	assert_int_equal(says(".aws/credentials", "/srv/x.aws/credentials", false), 0);
	assert_int_equal(says(".aws/credentials", "/credentials", false), 0);
	assert_int_equal(says("*/credentials", "/srv/x/credentials", false), 1);
	assert_int_equal(says("a*/credentials", "/srv/a/x/credentials", false), 0); /* no * matches a slash */
	assert_int_equal(says("/srv/t/*.pem", "/srv/t/x.pem", false), 1);
	assert_int_equal(says("/srv/t/*.pem", "/x/srv/t/x.pem", false), 0);
	assert_int_equal(says("!", "/x", false), 0);
	assert_int_equal(says("", "/x", false), 0);
	assert_int_equal(says("*", "/", true), 0);
}

static void case_and_copies_dont_count(void **state)
{
	static const char *const copies[] = {
		"/d/SERVER.KEY",          "/d/server.key~",      "/d/server.key.bak", "/d/server.key.BAK",
		"/d/server.key.old.1",    "/d/server.key",       "/d/#server.key#",   "/d/server.key (1)",
		"/d/server.key-old",      "/d/server.key.orig~", "/d/Server.Key",     "/d/server.key.swp",
		"/d/server.key.dpkg-old",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		assert_int_equal(says("server.key", copies[i], false), 1);
	assert_int_equal(says("server.key", "/d/.server.key.swp", false), 1);
	assert_int_equal(says("SERVER.key", "/d/server.key", false), 1);
	assert_int_equal(says("server.key", "/d/server.keys", false), 0);
	assert_int_equal(says("server.key", "/d/.server.key", false), 0);
	assert_int_equal(says("~", "/d/~", false), 1);
	assert_int_equal(says("x", "/d/~~~", false), 0);
	assert_int_equal(says("d", "/d/.bak", false), 0); /* an ending is never the whole name */
}

static void a_slash_behind_is_for_directories(void **state)
{
	(void)state;
	assert_int_equal(says(".ssh/", "/srv/b/.ssh", true), 1);
	assert_int_equal(says(".ssh/", "/srv/b/.SSH/config", false), 1);
	assert_int_equal(says(".ssh/", "/.ssh/x/y", true), 1);
	assert_int_equal(says(".ssh/", "/srv/b/.ssh", false), 0); /* a file of that name */
	assert_int_equal(says(".ssh/", "/srv/b/x.ssh/y", false), 0);
	assert_int_equal(says("b/.ssh/", "/srv/b/.ssh/y", false), 1);
	assert_int_equal(says("/srv/b/", "/srv/b/c", false), 1);
	assert_int_equal(says("/srv/b/", "/x/srv/b/c", false), 0);
	assert_int_equal(says(".env", "/srv/.env", true), 0); /* python -m venv .env */
}

/* In time that grows with the product of the lengths. */
static void stars_and_endings_without_end(void **state)
{
	char *path = malloc(1 << 16), pattern[SBX_SECRET_LENGTH_MAX + 1];

	(void)state;
	assert_non_null(path);
	alarm(20);
	memset(path, '~', (1 << 16) - 1);
	path[0] = '/';
	path[1] = 'a';
	path[(1 << 16) - 1] = 0;
	assert_int_equal(says("a", path, false), 1);
	memset(path, 'a', (1 << 16) - 1);
	for (size_t i = 0; i < SBX_SECRET_LENGTH_MAX; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	strcpy(pattern + SBX_SECRET_LENGTH_MAX - 1, "b");
	path[0] = '/';
	assert_int_equal(says(pattern, path, false), 0);
	for (size_t i = 0; i < (1 << 16) - 1; i += 2)
		path[i] = '/';
	pattern[SBX_SECRET_LENGTH_MAX - 1] = '/';
	assert_int_equal(says(pattern, path, true), 0);
	alarm(0);
	free(path);
}

/* By the built-in list. */
static bool is_secret(const struct sbx_policy *policy, const char *file)
{
	const struct sbx_list *list = sbx_policy_list(policy, SBX_KEY_FS_SECRETS);
	char path[256];
	int found = 0;

	snprintf(path, sizeof(path), "/srv/project/%s", file);
	for (size_t i = list->count; i-- > 0 && !found;)
		found = says(list->items[i].text, path, false);
	return found > 0;
}

/* clang-format off */
static const char *const secret[] = {
	"id_rsa", "id_rsa_work", "id_rsa.bak", "id_rsa~", ".id_rsa.swp", "id_ecdsa_sk", "id_ed25519", "id_x_sk",
	"SERVER.KEY", "tls.key", "cert.pem", "a.p12", "a.pfx", "a.jks", "a.kdbx", "a.ppk", "vpn.ovpn", ".env", ".ENV",
	".env.local", ".env.production", ".env.bak", "db.env", ".envrc", ".netrc", "_netrc", ".npmrc", ".pypirc",
	".pgpass", ".my.cnf", ".htpasswd", ".git-credentials", "wp-config.php", "wp-config.php.bak",
	"terraform.tfstate", "terraform.tfstate.backup", "terraform.tfstate.d/prod/x", "prod.tfvars", "kubeconfig",
	".kube/config",
	".aws/credentials", ".docker/config.json", "credentials.json", "service-account-prod.json", "secrets.yml",
	"secrets.yaml", ".vault-token", "shadow", "shadow-", "config/master.key", ".ssh/config", ".gnupg/x",
	".bash_history", "ssh_host_rsa_key", "deploy_rsa", "Copy of id_rsa", "server.key.gz", "server.key.2026-01-31",
	"server.key-2", "server.key ", "db.kdbx (12)", "shadow-",
	".env-production", ".env_prod", ".ENV-Staging", "env.production", "env.local", "deploy_rsa_new",
	"deploy_ed25519-copy",
	"id_rsa_new", "id_ed25519-work", "secrets.prod.yml", "secrets-prod.yaml", "app.secrets.yml",
	"prod-secrets.yaml",
	"secret.yaml", "Secrets.YML", ".secrets", "credentials", "Credentials", "credentials.bak", "credentials.yml",
	"credentials.csv", "credentials.toml", "credentials.tfrc.json", "dev_accessKeys.csv", "service_account.json",
	"x.keystore", ".dockercfg", "terraform.tfvars", "gcloud/application_default_credentials.json",
	"AuthKey_AB12CD34.p8",
	"deploy_rsa-work", "deploy_ed25519-work", "id_ed25519-work.bak", "deploy_key", "site_deploy_key", "private_key",
	".env (copy)", ".env copy", ".env~", ".env.swp", "..env.swp", ".env.~1~", ".id_rsa.un~", ".server.key.kate-swp",
	"tls.key.bkp", "serviceAccountKey.json", "shop-firebase-adminsdk-x1-ab12cd.json", "gcp-credentials.json",
	"krb5cc_1000", "krb5cc_1000_AbCdEf", "home.nmconnection", "wg0.conf", "wg-office.conf", "wireguard/x.conf",
	"wpa_supplicant-wlan0.conf", "iwd/home.psk", "token.json", "gh.token", "api_key", "api_token.txt", "auth.json",
	"logins.json", "key4.db", "cookies.sqlite", "cookies.sqlite-wal", "Login Data", "Chrome Passwords.csv",
	"passwords.csv", "github-recovery-codes.txt", "users.htpasswd", ".htpasswd.bak", ".mylogin.cnf", "wallet.dat",
	"kubeconfig-prod", "kubernetes/admin.conf", "my-private-key.asc", ".Xauthority", "keystore.properties",
	"huggingface/token", "local.settings.json", "kaggle.json", "x.agekey", "UTC--2026-01-31T10-00-00.0Z--ab12",
	"privkey.pem", "key.pem", ".authinfo", ".smbcredentials", "sops/age/keys.txt", "a.PFX", "b.Jks"
};
static const char *const honest[] = {
	"id_rsa.pub", "id_rsa.pub.bak", "id_ed25519_work.pub", "ssh_host_rsa_key.pub", ".env.example", ".env.sample",
	".env.template", ".env.dist", ".env.local.example", "example.env", "a.pub", "environment.yml", "keys.c",
	"keynote.txt", "shadow.c", "shadow.css", "credentials.c", "config.json", "config", "secrets.go",
	"package.json", "main.tf", "prod.tfvars.example", "wp-config-sample.php", "notes~", "README.md.bak", "a.gpg",
	"a.asc", "a.crt", "hosts.yml", "env", "a.env.js", "data.csv", "photo.jpg", "netrc.md", "kubeconfig.md",
	".gitignore", ".npmignore", "tar.gz.old", "report-2026-01-31", "notes (1).txt", "libfoo.so.1.2", "rsa", "rsa.c",
	"a.1", "2", "-1", "..1",
	"environment.yaml", "env.py", "env.js", "env.production.js", "env.d.ts", "credentials.md", "credentials.html",
	"credentials.py", "secret_santa.txt", "id_card.jpg", "keys.txt", "monkey.jpg", "hockey", "keyboard.c",
	"id_rsa_new.pub",
	"deploy_rsa.pub", "test_rsa_sign.c", "rsa_new", "secrets.py", "secrets.md", "secrets.example.yml",
	"secrets.sample.json",
	"secrets-template.yaml", ".env-example", ".env_sample", ".env.production.example", "cacert.pem",
	"fullchain.pem",
	"public.pem", "jwt_public.pem", "service-accounts.md", "AuthKey.md", "docker-compose.yml", "vault.yml.md",
	"photo_copy.jpg",
	"keyboard.json", "tokenizer.json", "tokenizer_config.json", "tokens.json", "monkey.key.png", "api_token.py",
	"access_tokens.go", "test_token", "deploy_rsa-work.pub", "deploy_key.pub", "test_rsa-sign.c", "deploy_key.sh",
	"krb5.conf", "wget.conf", "wgetrc", "wireguard.md", "resolv.conf", "nginx.conf", "admin.conf", "login.json",
	"logins.py", "key4.dbx", "cookies.txt", "cookies.js", "passwords.py", "passwd", "recovery-codes.md",
	"README.asc", "release.tar.gz.asc", "firebase.json", "google-services.json", "serviceAccounts.ts", "oauth.json",
	"author.json", "htpasswd.c", "settings.json", "credentials-form.tsx", "token", "wallet.dart", "kubeconfig.go",
	"gradle.properties",
	"notes~1", "report.~2~", ".editorconfig", "a.psd", "notes_new", "terraform.tf", "ovpn.txt", "passwd.c",
	"password.txt.md"
};
/* clang-format on */

static void built_in_list(void **state)
{
	struct compiled *c = compile("default", 7, NULL);
	struct sbx_policy policy;

	(void)state;
	assert_int_equal(sbx_policy_resolve(&c->config, "default", &policy), 0);
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (!is_secret(&policy, secret[i]))
			fail_msg("%s is no secret", secret[i]);
	for (size_t i = 0; i < sizeof(honest) / sizeof(honest[0]); i++)
		if (is_secret(&policy, honest[i]))
			fail_msg("%s is a secret", honest[i]);
	release(c);
}

static int compile_with(const char *set, const char *words)
{
	const char *const sets[] = { set, NULL };
	struct compiled *c = compile("default", 7, sets);
	const int rc = c->rc;

	if (rc)
		assert_non_null(strstr(c->errs.items[0].text, words));
	release(c);
	return rc;
}

static void a_list_has_an_end(void **state)
{
	char *set = malloc(1 << 16), *end = set;

	(void)state;
	assert_non_null(set);
	end += sprintf(end, "fs.secrets=[\"x0\"");
	for (int i = 1; i < SBX_SECRETS_MAX; i++)
		end += sprintf(end, ",\"x%d\"", i);
	strcpy(end, "]");
	assert_int_equal(compile_with(set, ""), 0);
	strcpy(end, ",\"y\"]");
	assert_int_not_equal(compile_with(set, "more than 512 patterns"), 0);
	free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_the_path_counts),
		cmocka_unit_test(case_and_copies_dont_count),
		cmocka_unit_test(a_slash_behind_is_for_directories),
		cmocka_unit_test(stars_and_endings_without_end),
		cmocka_unit_test(built_in_list),
		cmocka_unit_test(a_list_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
