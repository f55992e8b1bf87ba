/* SPDX-License-Identifier: MIT */
/*
 * bpf_walk.c -- every way through a filter at once: from where nothing is known of the call, along both sides of each
 * test that what is known by then doesn't decide. Cases that are alike, the same place with the same knowledge, are
 * walked once; jumps only lead forwards, so all cases of one instruction are there before it is looked at.
 * Documentation/networking/filter.rst.
 */
#include "conf/bpf/bpf_diagram.h"

#include <stdbool.h>
#include <string.h>

#include <linux/seccomp.h>

#define CASES_MORE 64u /* than instructions: with more still the filter would hardly get shorter */
#define ALL UINT32_MAX

/* What is known of a word: lo <= it <= hi, all bits of `ones` are set, none of `zeros`. */
struct fact {
	uint32_t lo, hi, ones, zeros;
};
#define NOTHING 0 /* the number of the first fact, that says nothing */

/* What comes is the same for equal ones of these. */
struct place {
	uint16_t pc, word;
	uint32_t mask; /* the accumulator holds word & mask */
	uint16_t facts[SBX_WORDS];
};

/* A place at a test that isn't decided, or at the end. */
struct one_case {
	struct place place;
	uint16_t next;    /* the next of the same pc, 1 more than its number; 0: none */
	uint16_t yes, no; /* the cases behind the test, likewise */
	uint16_t node;
};

struct walk {
	const struct sock_filter *insns;
	size_t count;
	uint16_t *live;  /* per instruction: bits of the words that may be loaded from there on */
	uint16_t *first; /* per instruction: its cases, as in next */
	struct sbx_hash_set facts, set;
	struct one_case *cases; /* of the set */
};

enum answer { NO, YES, MAYBE };

static bool known_insn(const struct sock_filter *insn, size_t behind)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return behind && insn->k % sizeof(uint32_t) == 0 && insn->k < sizeof(struct seccomp_data);
	case BPF_ALU | BPF_AND | BPF_K:
		return behind;
	case BPF_JMP | BPF_JA:
		return insn->k < behind;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		return insn->jt < behind && insn->jf < behind;
	default:
		return insn->code == (BPF_RET | BPF_K);
	}
}

/* Is every instruction one of those above, and no way leads out? Notes on the way which words are needed from where on.
 */
static bool check_insns(struct walk *walk)
{
	for (size_t i = walk->count; i-- > 0;) {
		const struct sock_filter *insn = &walk->insns[i];
		uint16_t *live = &walk->live[i];

		if (!known_insn(insn, walk->count - 1 - i))
			return false;
		if (BPF_CLASS(insn->code) == BPF_RET)
			*live = 0;
		else if (insn->code == (BPF_JMP | BPF_JA))
			*live = live[1 + insn->k];
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			*live = live[1 + insn->jt] | live[1 + insn->jf];
		else
			*live = live[1];
		if (BPF_CLASS(insn->code) == BPF_LD)
			*live |= (uint16_t)(1u << insn->k / sizeof(uint32_t));
	}
	return walk->count > 0;
}

static struct sbx_test test_at(const struct walk *walk, const struct place *place)
{
	const struct sock_filter *insn = &walk->insns[place->pc];
	const struct sbx_test test = { BPF_OP(insn->code), place->word, place->mask, insn->k };

	if (test.op != BPF_JGT)
		return test;
	/* Nothing is greater than ALL, and nothing has a bit of 0. */
	return (struct sbx_test){ insn->k == ALL ? BPF_JSET : BPF_JGE, place->word, place->mask, insn->k + 1 };
}

static enum answer answer_by(const struct sbx_test *test, const struct fact *fact)
{
	const bool whole = test->mask == ALL;
	const uint32_t must = fact->ones & test->mask, may = ~fact->zeros & test->mask, k = test->k;

	switch (test->op) {
	case BPF_JEQ:
		if ((k & ~may) || (must & ~k) || (whole && (k < fact->lo || k > fact->hi)))
			return NO;
		return must == may || (whole && fact->lo == fact->hi) ? YES : MAYBE;
	case BPF_JGE:
		if (must >= k || (whole && fact->lo >= k))
			return YES;
		return may < k || (whole && fact->hi < k) ? NO : MAYBE;
	default:
		return k & must ? YES : k & may ? MAYBE : NO;
	}
}

static void learn_whole(struct fact *fact, const struct sbx_test *test, bool yes)
{
	if (test->op == BPF_JGE && yes)
		fact->lo = test->k;
	else if (test->op == BPF_JGE)
		fact->hi = test->k - 1;
	else if (yes)
		fact->lo = fact->hi = test->k;
	else if (test->k == fact->lo)
		fact->lo++;
	else if (test->k == fact->hi)
		fact->hi--;
}

/* What an answer that wasn't known says. */
static void learn_answer(struct fact *fact, const struct sbx_test *test, bool yes)
{
	const uint32_t bits = test->k & test->mask;

	if (test->op == BPF_JEQ && yes) {
		fact->ones |= bits;
		fact->zeros |= test->mask & ~bits;
	} else if (test->op == BPF_JSET && !yes) {
		fact->zeros |= bits;
	} else if (test->op == BPF_JSET && !(bits & (bits - 1))) {
		fact->ones |= bits;
	}
	if (test->op != BPF_JSET && test->mask == ALL)
		learn_whole(fact, test, yes);
}

static const struct fact *fact_of(const struct walk *walk, const struct place *place)
{
	return (const struct fact *)walk->facts.items + place->facts[place->word];
}

/* What nobody asks for from here on is no difference. */
static void forget_dead(const struct walk *walk, struct place *place)
{
	uint32_t live = walk->live[place->pc];

	if (BPF_CLASS(walk->insns[place->pc].code) == BPF_RET) {
		place->word = 0;
		place->mask = 0;
	} else {
		live |= 1u << place->word;
	}
	for (uint32_t i = 0; i < SBX_WORDS; i++)
		if (!(live >> i & 1))
			place->facts[i] = NOTHING;
}

/* Go on up to a test that isn't decided, or the end. */
static void walk_to_test(const struct walk *walk, struct place *place)
{
	const struct sock_filter *insn = &walk->insns[place->pc];

	for (; BPF_CLASS(insn->code) != BPF_RET; insn = &walk->insns[place->pc]) {
		uint32_t skipped = 0;

		if (BPF_CLASS(insn->code) == BPF_LD) {
			place->word = (uint16_t)(insn->k / sizeof(uint32_t));
			place->mask = ALL;
		} else if (BPF_CLASS(insn->code) == BPF_ALU) {
			place->mask &= insn->k;
		} else if (insn->code == (BPF_JMP | BPF_JA)) {
			skipped = insn->k;
		} else {
			const struct sbx_test test = test_at(walk, place);
			const enum answer got = answer_by(&test, fact_of(walk, place));

			if (got == MAYBE)
				break;
			skipped = got == YES ? insn->jt : insn->jf;
		}
		place->pc = (uint16_t)(place->pc + 1 + skipped);
	}
	forget_dead(walk, place);
}

/* The case to which `place` leads, 1 more than its number; 0: there are too many. */
static uint16_t case_of(struct walk *walk, struct place place)
{
	struct one_case here = { .node = 0 };
	const uint32_t count = walk->set.count;
	uint32_t number;

	walk_to_test(walk, &place);
	here.place = place;
	here.next = walk->first[place.pc];
	number = sbx_hash_set_put(&walk->set, &here);
	if (number == count)
		walk->first[place.pc] = (uint16_t)(number + 1);
	return (uint16_t)(number + 1);
}

/* The case on one side of a test, as above. */
static uint16_t case_on_side(struct walk *walk, const struct place *place, bool yes)
{
	const struct sock_filter *insn = &walk->insns[place->pc];
	const struct sbx_test test = test_at(walk, place);
	struct fact fact = *fact_of(walk, place);
	struct place side = *place;
	uint32_t number;

	learn_answer(&fact, &test, yes);
	number = sbx_hash_set_put(&walk->facts, &fact);
	if (number == SBX_HASH_SET_FULL)
		return 0;
	side.facts[side.word] = (uint16_t)number;
	side.pc = (uint16_t)(side.pc + 1 + (yes ? insn->jt : insn->jf));
	return case_of(walk, side);
}

static bool walk_forwards(struct walk *walk)
{
	static const struct fact nothing = { 0, ALL, 0, 0 };

	sbx_hash_set_put(&walk->facts, &nothing);
	case_of(walk, (struct place){ .pc = 0 }); /* the accumulator is 0: no bit of any word */
	for (size_t pc = 0; pc < walk->count; pc++)
		for (uint16_t at = walk->first[pc]; at && BPF_CLASS(walk->insns[pc].code) != BPF_RET;
		     at = walk->cases[at - 1].next) {
			struct one_case *here = &walk->cases[at - 1];

			here->yes = case_on_side(walk, &here->place, true);
			here->no = case_on_side(walk, &here->place, false);
			if (!here->yes || !here->no)
				return false;
		}
	return true;
}

static bool build_backwards(struct walk *walk, struct sbx_bpf_diagram *diagram)
{
	for (size_t pc = walk->count; pc-- > 0;)
		for (uint16_t at = walk->first[pc]; at; at = walk->cases[at - 1].next) {
			struct one_case *here = &walk->cases[at - 1];
			const uint32_t node = !here->yes ? sbx_bpf_return(diagram, walk->insns[pc].k) :
							   sbx_bpf_ask(diagram, test_at(walk, &here->place),
								       walk->cases[here->yes - 1].node,
								       walk->cases[here->no - 1].node);

			if (node == SBX_NODE_NONE)
				return false;
			here->node = (uint16_t)node;
		}
	return true;
}

uint32_t sbx_bpf_walk(struct sbx_bpf_diagram *diagram, const struct sbx_filter *filter)
{
	struct sbx_pool *pool = diagram->pool;
	struct walk walk = { .insns = filter->insns, .count = filter->count };

	walk.live = sbx_pool_alloc(pool, walk.count * sizeof(*walk.live));
	if (!check_insns(&walk))
		return SBX_NODE_NONE;
	walk.first = sbx_pool_alloc(pool, walk.count * sizeof(*walk.first));
	walk.facts = sbx_hash_set_make(pool, sizeof(struct fact), sizeof(struct fact), walk.count + CASES_MORE);
	walk.set = sbx_hash_set_make(pool, sizeof(struct one_case), sizeof(struct place), walk.count + CASES_MORE);
	walk.cases = walk.set.items;
	if (!walk_forwards(&walk) || !build_backwards(&walk, diagram))
		return SBX_NODE_NONE;
	return walk.cases[0].node;
}
