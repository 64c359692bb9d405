// SPDX-License-Identifier: BSD-3-Clause
// argp_parse(): a tree of option tables is flattened to a list of groups; arguments go to the first group that knows them.

#include "compat.h"
#include "argp_private.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

__attribute__((weak)) const char *argp_program_version;
__attribute__((weak)) void (*argp_program_version_hook)(FILE *, struct argp_state *);
__attribute__((weak)) error_t argp_err_exit_status = EX_USAGE;

struct group {
    const struct argp *argp;
    int parent; /* index of the group that has it as a child; -1: none */
    int child;  /* which child of it */
    unsigned args;
    void *input, *hook, **child_inputs;
};

struct parser {
    struct group *groups;
    int count;
    bool no_more_options;
    char *cluster; /* the rest of "-abc" */
    int gap;       /* arguments that stand between the option and what followed it */
    struct argp_state state;
};

/* The options that every program has. */
enum { KEY_USAGE = -2, KEY_PROGRAM_NAME = -3, KEY_HANG = -4 };

static const struct argp_option help_options[] = {
    {"help", '?', NULL, 0, "Give this help list", -1},
    {"usage", KEY_USAGE, NULL, 0, "Give a short usage message", 0},
    {"program-name", KEY_PROGRAM_NAME, "NAME", OPTION_HIDDEN, "Set the program name", 0},
    {"HANG", KEY_HANG, "SECS", OPTION_ARG_OPTIONAL | OPTION_HIDDEN, "Hang for SECS seconds (default 3600)", 0},
    {0},
};

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
    switch (key) {
    case '?':
        argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_USAGE:
        argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
        return 0;
    case KEY_PROGRAM_NAME: {
        char *slash = strrchr(arg, '/');
        program_invocation_name = arg;
        program_invocation_short_name = state->name = slash ? slash + 1 : arg;
        if ((state->flags & (ARGP_PARSE_ARGV0 | ARGP_NO_ERRS)) == ARGP_PARSE_ARGV0)
            state->argv[0] = arg;
        return 0;
    }
    case KEY_HANG:
        for (int n = arg ? atoi(arg) : 3600; n > 0; n--)
            sleep(1);
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp help_argp = {.options = help_options, .parser = parse_help};

static const struct argp_option version_options[] = {
    {"version", 'V', NULL, 0, "Print program version", -1},
    {0},
};

static error_t parse_version(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != 'V')
        return ARGP_ERR_UNKNOWN;
    if (argp_program_version_hook)
        argp_program_version_hook(state->out_stream, state);
    else if (argp_program_version)
        fprintf(state->out_stream, "%s\n", argp_program_version);
    else
        argp_error(state, "%s", "(PROGRAM ERROR) No version known!?");
    if (!(state->flags & ARGP_NO_EXIT))
        exit(0);
    return 0;
}

static const struct argp version_argp = {.options = version_options, .parser = parse_version};

static int count_children(const struct argp *a)
{
    int n = 0;
    while (a->children && a->children[n].argp)
        n++;
    return n;
}

static int count_groups(const struct argp *a)
{
    int n = 1;
    for (int i = 0, children = count_children(a); i < children; i++)
        n += count_groups(a->children[i].argp);
    return n;
}

static bool add_groups(struct parser *p, const struct argp *a, int parent, int child)
{
    int self = p->count++, children = count_children(a);

    p->groups[self] = (struct group){.argp = a, .parent = parent, .child = child};
    if (children && !(p->groups[self].child_inputs = calloc((size_t)children, sizeof(void *))))
        return false;
    for (int i = 0; i < children; i++)
        if (!add_groups(p, a->children[i].argp, self, i))
            return false;
    return true;
}

static error_t tell(struct parser *p, struct group *g, int key, char *arg)
{
    if (!g->argp->parser)
        return ARGP_ERR_UNKNOWN;
    p->state.hook = g->hook;
    p->state.input = g->input;
    p->state.child_inputs = g->child_inputs;
    p->state.arg_num = g->args;
    error_t error = g->argp->parser(key, arg, &p->state);
    g->hook = p->state.hook;
    return error;
}

static error_t begin(struct parser *p)
{
    for (int i = 0; i < p->count; i++) {
        struct group *g = &p->groups[i];
        if (g->parent >= 0)
            g->input = p->groups[g->parent].child_inputs[g->child];
        if (!g->argp->parser && g->child_inputs)
            g->child_inputs[0] = g->input; /* a table that only includes others hands its input on */
        error_t error = tell(p, g, ARGP_KEY_INIT, NULL);
        if (error && error != ARGP_ERR_UNKNOWN)
            return error;
    }
    return 0;
}

static bool is_silent(const struct parser *p)
{
    return p->state.flags & ARGP_NO_ERRS;
}

#define COMPLAIN(p, ...) (is_silent(p) ? 0 : fprintf((p)->state.err_stream, __VA_ARGS__))

/* What messages about options begin with: the name that the program was started by. */
static const char *started_as(const struct parser *p)
{
    return p->state.argc > 0 && p->state.argv[0] ? p->state.argv[0] : p->state.name;
}

/* The option behind @o that it is another name of. */
static const struct argp_option *meant(const struct argp_option *o, const struct argp_option *first)
{
    while ((o->flags & OPTION_ALIAS) && o > first)
        o--;
    return o;
}

static const struct argp_option *find_short(struct parser *p, char c, struct group **group)
{
    for (struct group *g = p->groups; g < p->groups + p->count; g++)
        for (const struct argp_option *o = g->argp->options; o && !option_is_end(o); o++)
            if (option_is_short(o) && o->key == (unsigned char)c) {
                *group = g;
                return o;
            }
    return NULL;
}

/* The option whose long name is, or alone begins with, @name. @ambiguous: several begin with it. */
static const struct argp_option *find_long(struct parser *p, const char *name, size_t length, struct group **group, bool *ambiguous)
{
    const struct argp_option *found = NULL;

    *ambiguous = false;
    for (struct group *g = p->groups; g < p->groups + p->count; g++)
        for (const struct argp_option *o = g->argp->options; o && !option_is_end(o); o++) {
            if (!o->name || (o->flags & OPTION_DOC) || strncmp(o->name, name, length) != 0)
                continue;
            if (!o->name[length]) {
                *group = g;
                *ambiguous = false;
                return o;
            }
            const struct argp_option *real = meant(o, g->argp->options);
            if (found && (meant(found, (*group)->argp->options)->key != real->key || *group != g))
                *ambiguous = true;
            else if (!found)
                found = o, *group = g;
        }
    return *ambiguous ? NULL : found;
}

/* Move argument @from down to @to, those between up by one. */
static void rotate(char **argv, int from, int to)
{
    char *moved = argv[from];
    memmove(&argv[to + 1], &argv[to], (size_t)(from - to) * sizeof(*argv));
    argv[to] = moved;
}

/* The separate argument of the option just taken. NULL: there is none. */
static char *take_argument(struct parser *p)
{
    struct argp_state *s = &p->state;
    int at = s->next + p->gap;

    if (at >= s->argc)
        return NULL;
    rotate(s->argv, at, s->next);
    return s->argv[s->next++];
}

static error_t give_option(struct parser *p, struct group *g, const struct argp_option *o, char *arg)
{
    int key = o->key ? o->key : meant(o, g->argp->options)->key;
    error_t error = tell(p, g, key, arg);

    if (error == ARGP_ERR_UNKNOWN)
        COMPLAIN(p, "%s: %s%s: (PROGRAM ERROR) Option should have been recognized!?\n", p->state.name, o->name ? "--" : "-",
                 o->name ? o->name : (char[]){(char)o->key, 0});
    return error;
}

static error_t parse_short(struct parser *p)
{
    struct group *g;
    char c = *p->cluster++;
    char *rest = p->cluster, *arg = NULL;
    const struct argp_option *o = find_short(p, c, &g);

    if (!*rest)
        p->cluster = NULL;
    if (!o) {
        COMPLAIN(p, "%s: invalid option -- '%c'\n", started_as(p), c);
        return ARGP_ERR_UNKNOWN;
    }
    const struct argp_option *real = meant(o, g->argp->options);
    if (real->arg) {
        p->cluster = NULL;
        if (*rest) {
            arg = rest;
        } else if (!(real->flags & OPTION_ARG_OPTIONAL) && !(arg = take_argument(p))) {
            COMPLAIN(p, "%s: option requires an argument -- '%c'\n", started_as(p), c);
            return ARGP_ERR_UNKNOWN;
        }
    }
    return give_option(p, g, o, arg);
}

static void complain_ambiguous(struct parser *p, const char *dashes, const char *name, size_t length)
{
    COMPLAIN(p, "%s: option '%s%s' is ambiguous; possibilities:", started_as(p), dashes, name);
    for (struct group *g = p->groups; g < p->groups + p->count; g++)
        for (const struct argp_option *o = g->argp->options; o && !option_is_end(o); o++)
            if (o->name && !(o->flags & OPTION_DOC) && strncmp(o->name, name, length) == 0)
                COMPLAIN(p, " '%s%s'", dashes, o->name);
    COMPLAIN(p, "\n");
}

static error_t parse_long(struct parser *p, const char *dashes, char *name)
{
    struct group *g;
    bool ambiguous;
    size_t length = strcspn(name, "=");
    const struct argp_option *o = find_long(p, name, length, &g, &ambiguous);
    char *arg = name[length] ? name + length + 1 : NULL;

    if (!o) {
        if (ambiguous)
            complain_ambiguous(p, dashes, name, length);
        else
            COMPLAIN(p, "%s: unrecognized option '%s%s'\n", started_as(p), dashes, name);
        return ARGP_ERR_UNKNOWN;
    }
    const struct argp_option *real = meant(o, g->argp->options);
    if (arg && !real->arg) {
        COMPLAIN(p, "%s: option '%s%s' doesn't allow an argument\n", started_as(p), dashes, o->name);
        return ARGP_ERR_UNKNOWN;
    }
    if (real->arg && !arg && !(real->flags & OPTION_ARG_OPTIONAL) && !(arg = take_argument(p))) {
        COMPLAIN(p, "%s: option '%s%s' requires an argument\n", started_as(p), dashes, o->name);
        return ARGP_ERR_UNKNOWN;
    }
    return give_option(p, g, o, arg);
}

static bool is_option(const char *arg)
{
    return arg[0] == '-' && arg[1];
}

/* Take the next option. false: options are at an end, or (ARGP_IN_ORDER) an argument stands next. */
static bool parse_option(struct parser *p, error_t *error)
{
    struct argp_state *s = &p->state;
    bool in_order = s->flags & ARGP_IN_ORDER, stop_at_argument = (s->flags & ARGP_NO_ARGS) || getenv("POSIXLY_CORRECT");
    int at = s->next;

    if (p->cluster) {
        *error = parse_short(p);
        return true;
    }
    if (!in_order && !stop_at_argument)
        while (at < s->argc && !is_option(s->argv[at]))
            at++;
    if (at >= s->argc || !is_option(s->argv[at])) {
        p->no_more_options = !in_order || at >= s->argc;
        return false;
    }
    char *arg = s->argv[at];
    rotate(s->argv, at, s->next);
    p->gap = at - s->next++;
    if (strcmp(arg, "--") == 0) {
        s->quoted = s->next;
        p->no_more_options = true;
        return false;
    }
    struct group *g;
    bool ambiguous;
    if (arg[1] == '-')
        *error = parse_long(p, "--", arg + 2);
    else if ((s->flags & ARGP_LONG_ONLY) && (arg[2] || !find_short(p, arg[1], &g)) &&
             (find_long(p, arg + 1, strcspn(arg + 1, "="), &g, &ambiguous) || !find_short(p, arg[1], &g)))
        *error = parse_long(p, "-", arg + 1);
    else {
        p->cluster = arg + 1;
        *error = parse_short(p);
    }
    return true;
}

static error_t parse_argument(struct parser *p, char *arg)
{
    struct argp_state *s = &p->state;
    int index = --s->next, key = ARGP_KEY_ARG;
    error_t error = ARGP_ERR_UNKNOWN;
    struct group *g = p->groups;

    for (; g < p->groups + p->count; g++) {
        s->next++;
        key = ARGP_KEY_ARG;
        error = tell(p, g, key, arg);
        if (error == ARGP_ERR_UNKNOWN) {
            s->next--;
            key = ARGP_KEY_ARGS;
            error = tell(p, g, key, NULL);
        }
        if (error != ARGP_ERR_UNKNOWN)
            break;
    }
    if (error)
        return error;
    if (key == ARGP_KEY_ARGS)
        s->next = s->argc;
    if (s->next > index)
        g->args += (unsigned)(s->next - index);
    else
        p->no_more_options = false; /* handed back, perhaps as an option */
    return 0;
}

/* Tell all groups from the last to the first; a group that doesn't know @key has nothing to say. */
static error_t tell_all(struct parser *p, int key)
{
    error_t error = 0;

    for (int i = p->count - 1; i >= 0 && (!error || error == ARGP_ERR_UNKNOWN); i--)
        error = tell(p, &p->groups[i], key, NULL);
    return error == ARGP_ERR_UNKNOWN ? 0 : error;
}

static error_t finish(struct parser *p, error_t error, bool only_left_over, int *end)
{
    struct argp_state *s = &p->state;

    if (only_left_over)
        error = 0;
    if (!error && s->next == s->argc) {
        for (int i = 0; i < p->count && (!error || error == ARGP_ERR_UNKNOWN); i++)
            if (!p->groups[i].args)
                error = tell(p, &p->groups[i], ARGP_KEY_NO_ARGS, NULL);
        if (!error || error == ARGP_ERR_UNKNOWN)
            error = tell_all(p, ARGP_KEY_END);
        if (end)
            *end = s->next;
    } else if (!error && end) {
        *end = s->next;
    } else if (!error) {
        COMPLAIN(p, "%s: Too many arguments\n", s->name);
        error = ARGP_ERR_UNKNOWN;
    }
    if (error) {
        if (error == ARGP_ERR_UNKNOWN)
            argp_state_help(s, s->err_stream, ARGP_HELP_STD_ERR);
        for (int i = 0; i < p->count; i++)
            tell(p, &p->groups[i], ARGP_KEY_ERROR, NULL);
    } else {
        error = tell_all(p, ARGP_KEY_SUCCESS);
    }
    for (int i = p->count - 1; i >= 0; i--)
        tell(p, &p->groups[i], ARGP_KEY_FINI, NULL);
    return error == ARGP_ERR_UNKNOWN ? EINVAL : error;
}

static error_t run(struct parser *p, int *end)
{
    struct argp_state *s = &p->state;
    error_t error = begin(p);
    bool left_over = false;

    while (!error) {
        if (!p->no_more_options && parse_option(p, &error))
            continue;
        if (s->next >= s->argc || (s->flags & ARGP_NO_ARGS)) {
            left_over = s->next < s->argc;
            break;
        }
        error = parse_argument(p, s->argv[s->next++]);
        left_over = error == ARGP_ERR_UNKNOWN;
    }
    return finish(p, error, left_over, end);
}

error_t argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *index, void *input)
{
    struct argp_child children[4] = {{0}};
    struct argp top = {.children = children};
    struct parser p = {.state = {.argc = argc, .argv = argv, .flags = flags, .err_stream = stderr, .out_stream = stdout}};
    error_t error = ENOMEM;
    int n = 0;

    if (flags & ARGP_NO_ERRS)
        p.state.flags |= ARGP_NO_EXIT;
    if (!(flags & ARGP_NO_HELP)) {
        if (argp)
            children[n++].argp = argp;
        children[n++].argp = &help_argp;
        if (argp_program_version || argp_program_version_hook)
            children[n++].argp = &version_argp;
        argp = &top;
    }
    if (argc > 0 && argv[0]) {
        char *slash = strrchr(argv[0], '/');
        p.state.name = slash ? slash + 1 : argv[0];
    } else {
        p.state.name = program_invocation_short_name;
    }
    p.state.next = (p.state.flags & (ARGP_PARSE_ARGV0 | ARGP_NO_ERRS)) == (ARGP_PARSE_ARGV0 | ARGP_NO_ERRS) ? 0 : argc > 0;
    p.state.root_argp = argp;
    p.state.pstate = &p;
    if (argp) {
        p.groups = calloc((size_t)count_groups(argp), sizeof(*p.groups));
        if (p.groups && add_groups(&p, argp, -1, 0)) {
            p.groups[0].input = input;
            if (argp == &top && p.groups[0].child_inputs)
                p.groups[0].child_inputs[0] = input;
            error = run(&p, index);
        }
        for (int i = 0; p.groups && i < p.count; i++)
            free(p.groups[i].child_inputs);
        free(p.groups);
        return error;
    }
    return run(&p, index);
}
__attribute__((alias("argp_parse"))) error_t __argp_parse(const struct argp *, int, char **, unsigned, int *, void *);

void *_argp_input(const struct argp *argp, const struct argp_state *state)
{
    const struct parser *p = state ? state->pstate : NULL;

    for (int i = 0; p && i < p->count; i++)
        if (p->groups[i].argp == argp)
            return p->groups[i].input;
    return NULL;
}

int _option_is_short(const struct argp_option *o)
{
    return option_is_short(o);
}

int _option_is_end(const struct argp_option *o)
{
    return option_is_end(o);
}
