/*
 * `bochuang verify` as a program of its own, bochuang-verify: linked statically, and without anything that
 * could open a connection, so that an auditor needs it and the evidence file, and no other thing.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("bochuang-verify " BOCHUANG_VERSION);
        return EXIT_DONE;
    }
    if (sodium_init() < 0) {
        fputs("bochuang-verify: libsodium did not start\n", stderr);
        return EXIT_DID_NOT_HOLD;
    }
    int code = command_verify(argc, argv);
    return fflush(stdout) != 0 && code == EXIT_DONE ? EXIT_DID_NOT_HOLD : code;
}
