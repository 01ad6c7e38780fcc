#!/usr/bin/python3
"""Makes the users of Bochuang's Redis: `deploy/redis_users.py DIR > users.acl`.

Each may do only what it does. New passwords go into DIR/redis-USER.password, for those who may use them; Redis gets their
hashes. deploy/up does this at each start.
"""
import hashlib
import os
import secrets
import sys
import tempfile

# Nobody can be it, but Redis itself is, when it reads its append-only file: without its rights every transaction in there
# (a contest's document, an action) would be refused, and lost without a word (execCommand in multi.c of Redis 7.0).
NOBODY = 'user default off ~* &* +@all'

# Ingest alone writes the log; only the operator (the command line) makes tokens; the aggregator writes nothing but tallies.
RIGHTS = {
    'ingest': '+xadd +xread +xrange +multi +exec +hsetnx +hgetall +config|get '
              '%RW~bochuang:contests %RW~bochuang:{*}:log %RW~bochuang:{*}:actions %R~bochuang:{*}:tokens',
    'aggregator': '+xread +xrange +hgetall +eval +get +set +hset +zadd %R~bochuang:* %RW~bochuang:{*}:tally:*',
    'operator': '+ping +hkeys +hgetall +xread +xrange +xrevrange +xlen +multi +exec +xadd %R~bochuang:* %RW~bochuang:{*}:tokens',
}


def write_private(path, text):
    """All of it or nothing, and for its owner alone."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))  # mode 0600
    with os.fdopen(handle, 'w', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def make_users(directory):
    """The lines for redis.conf or an aclfile; the passwords are in their files by then."""
    lines = [NOBODY]
    for user, rights in RIGHTS.items():
        password = secrets.token_urlsafe(32)
        write_private(password_file(directory, user), password + '\n')
        lines.append(f'user {user} on #{hashlib.sha256(password.encode()).hexdigest()} resetchannels -@all {rights}')
    return '\n'.join(lines)


def password_file(directory, user):
    return os.path.join(directory, f'redis-{user}.password')


if __name__ == '__main__':
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit('usage: deploy/redis_users.py DIR > users.acl')
    print(make_users(os.path.abspath(sys.argv[1])))
