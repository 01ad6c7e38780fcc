/* `bochuang check FILE`: says whether a contest file is right, without starting anything. */
#ifndef BOCHUANG_CLI_CHECK_H
#define BOCHUANG_CLI_CHECK_H

/* argv[0] is "check". Returns the exit code: 0 it is right, 1 it is not, 2 wrong usage. */
int command_check(int argc, char **argv);

#endif
