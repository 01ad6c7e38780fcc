/*
 * The commands, each in a file of its name. argv[0] is the command's name. The exit code: 0 it is done, 1 it
 * did not hold, 2 wrong usage.
 */
#ifndef BOCHUANG_CLI_COMMANDS_H
#define BOCHUANG_CLI_COMMANDS_H

enum { EXIT_DONE = 0, EXIT_DID_NOT_HOLD = 1, EXIT_WRONG_USAGE = 2 };

int command_token(int argc, char **argv);
int command_post(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_rank(int argc, char **argv);
int command_act(int argc, char **argv);
int command_reconcile(int argc, char **argv);
int command_export(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_key(int argc, char **argv);
int command_simulate(int argc, char **argv);

#endif
