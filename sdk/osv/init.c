// SPDX-License-Identifier: BSD-3-Clause
// `osv init`: makes an existing project folder build for OSv.
#include "command.h"
#include "message.h"
#include "prefix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void write_new(const char *path, const char *content, bool force)
{
    FILE *file = fopen(path, force ? "w" : "wx");
    if (!file)
        fail("cannot write '%s' (%s); %s", path, strerror(errno),
             errno == EEXIST ? "use --force to replace it" : "check the directory");
    fputs(content, file);
    if (fclose(file) != 0)
        fail("cannot write '%s' (%s)", path, strerror(errno));
    printf("wrote %s\n", path);
}

/* The linker stands in rustflags of a named target, so build scripts and procedural macros stay native. */
static void init_rust(bool force)
{
    struct text config = {0};
    if (!file_exists("Cargo.toml"))
        fail("no Cargo.toml here; run `cargo init` first, or change to the project's folder");
    if (mkdir(".cargo", 0777) != 0 && errno != EEXIST)
        fail("cannot make .cargo (%s)", strerror(errno));
    text_printf(&config,
                "# Written by `osv init --rust`: `cargo build`, `cargo run` and `cargo test` make and boot OSv images.\n"
                "[build]\n"
                "target = \"x86_64-unknown-linux-gnu\"\n"
                "\n"
                "[target.x86_64-unknown-linux-gnu]\n"
                "rustflags = [\"-Clinker=osv-cc\", \"-Ctarget-feature=+crt-static\", \"-Crelocation-model=static\"]\n"
                "runner = \"osv run\"\n");
    write_new(".cargo/config.toml", text_string(&config), force);
    text_fini(&config);
}

static void init_cmake(bool force)
{
    write_new("CMakeLists.txt",
              "cmake_minimum_required(VERSION 3.21)\n"
              "project(app LANGUAGES C)\n"
              "find_package(OSv REQUIRED)\n"
              "osv_add_image(app main.c)\n",
              force);
    if (!file_exists("main.c"))
        write_new("main.c", "#include <stdio.h>\n\nint main(void)\n{\n    puts(\"hello\");\n    return 0;\n}\n", force);
    puts("build: cmake -B build --toolchain $(osv --cmake-toolchain) && cmake --build build && osv run build/app.elf");
}

static int init_main(int argc, char **argv)
{
    bool rust = false, cmake = false, force = false;
    for (int i = 1; i < argc; i++) {
        rust |= strcmp(argv[i], "--rust") == 0;
        cmake |= strcmp(argv[i], "--cmake") == 0;
        force |= strcmp(argv[i], "--force") == 0;
        if (strcmp(argv[i], "--rust") && strcmp(argv[i], "--cmake") && strcmp(argv[i], "--force"))
            fail("unknown option '%s'; see `osv init --help`", argv[i]);
    }
    if (rust == cmake)
        fail("say what the project is: --rust or --cmake");
    if (rust)
        init_rust(force);
    else
        init_cmake(force);
    return 0;
}

const struct command command_init = {
    .name = "init",
    .summary = "make a project folder build for OSv",
    .help = "usage: osv init --rust|--cmake [--force]\n"
            "\n"
            "  --rust   write .cargo/config.toml: `cargo run` and `cargo test` then boot images (osv-cc and osv in PATH)\n"
            "  --cmake  write a CMakeLists.txt and a main.c to start from\n"
            "  --force  replace files that exist\n",
    .run = init_main,
};
