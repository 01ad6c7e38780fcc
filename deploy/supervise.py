"""Runs a whole Bochuang on one machine: a private Redis, ingest, the board, and the tokens for everybody.

Prints one line to standard output when all is ready, then stays in the foreground. A child that dies is started again
with back-off; SIGINT or SIGTERM drains and stops everything, and exits 0. Nothing that was acknowledged is lost either
way: Redis writes every entry to disk before it is acknowledged.
"""
import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import redis_users

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get('BOCHUANG_BIN', os.path.join(ROOT, 'build', 'bin'))
DEFAULT_CONTEST = os.path.join(ROOT, 'config', 'contests', 'youxian-2021.yaml')

BACKOFF_FIRST_S, BACKOFF_LAST_S = 0.1, 5.0
HEALTHY_S = 10.0  # a child that ran this long starts again without delay
READY_S = 120.0  # a long log is folded again at the start
WATCH_S = 0.05  # between two looks at the children
STOP_S = 20.0  # what a child gets to drain before it is killed
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGINT, signal.SIGTERM)

REDIS_CONF = '''# Written by deploy/up at each start. No TCP port: only this directory's owner gets in, and by name.
include {root}/config/redis.conf
port 0
unixsocket {directory}/redis.sock
unixsocketperm 700
dir {directory}
daemonize no
{users}
'''


class StartFailure(Exception):
    """Something is in the way of a start; the message says what to do."""


def say(message):
    print(f'deploy/up: {message}', file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog='deploy/up', description='Starts a whole Bochuang on this machine and stays in the foreground.',
        epilog='With --demo a whole contest is then played through the public interface, in about two minutes.')
    parser.add_argument('--contest', action='append', metavar='FILE', help='a contest file; may be given several times')
    parser.add_argument('--data', default='./var', metavar='DIR', help='where everything is kept (default: ./var)')
    parser.add_argument('--port', type=int, default=8300, metavar='N', help='ingest; the board gets the next one (8300)')
    parser.add_argument('--public-url', metavar='URL', help='how browsers reach both, where a proxy makes one site of them')
    parser.add_argument('--shards', type=int, default=1, metavar='N', help='logs of a contest that is new (1)')
    parser.add_argument('--demo', action='store_true', help='play a whole contest')
    parser.add_argument('--seed', type=int, default=1, metavar='K', help='of the demo: the same seed, the same contest (1)')
    parser.add_argument('--speed', metavar='X', help='of the demo: contest time to real time')
    parser.add_argument('--events', metavar='N', help='of the demo: order lines')
    arguments = parser.parse_args()
    if not 1 <= arguments.port <= 65534:
        parser.error(f'--port: expected 1 to 65534, found {arguments.port}')
    arguments.contest = [os.path.abspath(path) for path in arguments.contest or [DEFAULT_CONTEST]]
    arguments.data = os.path.abspath(arguments.data)
    return arguments


def die_with_parent():
    """In the child: a supervisor that is killed takes its children along, so that nothing is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process that is to run until it is stopped: started again, with back-off, whenever it ends by itself."""

    def __init__(self, name, command, log_path):
        self.name, self.command, self.log_path = name, command, log_path
        self.process = None
        self.backoff_s, self.started_at, self.start_at = BACKOFF_FIRST_S, 0.0, 0.0

    def start(self):
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=die_with_parent, start_new_session=True)
        self.started_at, self.start_at = time.monotonic(), 0.0

    def watch(self):
        """Notices an end, and starts again when the time for it has come."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            ended, self.process = self.process.returncode, None
            if now - self.started_at > HEALTHY_S:
                self.backoff_s = BACKOFF_FIRST_S
            self.start_at = now + self.backoff_s
            say(f'{self.name} ended ({describe(ended)}); starting it again in {self.backoff_s:.1f} s')
            self.backoff_s = min(self.backoff_s * 2, BACKOFF_LAST_S)
        if self.process is None and self.start_at and now >= self.start_at:
            self.start()

    def last_words(self):
        with contextlib.suppress(OSError):
            with open(self.log_path, encoding='utf-8', errors='replace') as log:
                return ''.join(log.readlines()[-5:]).rstrip()
        return ''

    def stop(self):
        process, self.process, self.start_at = self.process, None, 0.0
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            say(f'{self.name} did not stop in {STOP_S:.0f} s; killing it')
            process.kill()
            process.wait()


def describe(returncode):
    return f'signal {-returncode}' if returncode < 0 else f'exit {returncode}'


def http_status(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class System:
    """Everything that belongs to one data directory."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.directory = arguments.data
        self.redis = self.ingest = self.board = None
        self.stopping = False  # a word, no threading.Event: the signal may come while this thread holds that one's lock
        self.lock = None
        self.contests = []  # their ids, in the order of the files
        self.evidence_key = None  # the public one

    # --- Preparing ---

    def prepare(self):
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        os.chmod(self.directory, 0o700)
        self.take_lock()
        self.contests = [check_contest(path) for path in self.arguments.contest]
        for port in (self.arguments.port, self.arguments.port + 1):
            check_port(port)

    def take_lock(self):
        """Two systems on one directory would be two truths. A lock dies with its process, so it is never stale."""
        self.lock = open(os.path.join(self.directory, 'lock'), 'w', encoding='ascii')
        deadline = time.monotonic() + 5
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise StartFailure(f'{self.directory} is in use by another deploy/up; stop it, or choose another --data') from None
                time.sleep(0.1)

    # --- Starting ---

    def start(self):
        self.start_redis()
        files = [word for path in self.arguments.contest for word in ('--contest', path)]
        pages = [word for origin in self.page_origins for word in ('--cors-origins', origin)]
        self.ingest = Child('bochuang-ingest', [f'{BIN}/bochuang-ingest', '--port', str(self.arguments.port), *self.redis_flags('ingest'),
                                                '--shards', str(self.arguments.shards), *pages, *files], self.path('ingest.log'))
        self.board = Child('bochuang-aggregator', [f'{BIN}/bochuang-aggregator', '--port', str(self.arguments.port + 1),
                                                   *self.redis_flags('aggregator'),
                                                   '--ingest-url', self.arguments.public_url or self.ingest_url],
                           self.path('aggregator.log'))
        self.make_evidence_key()
        self.ingest.start()
        self.board.start()
        self.wait_until(lambda: http_status(f'{self.ingest_url}/readyz') == 200, self.ingest)
        self.wait_until(self.board_has_contests, self.board)
        self.write_tokens()

    def start_redis(self):
        """A Redis of an earlier supervisor that was killed is on its way out: it must be gone before ours starts."""
        end_stale_redis(self.path('redis.pid'))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path('redis.sock'))
        conf = self.path('redis.conf')
        with open(conf, 'w', encoding='utf-8') as file:
            file.write(REDIS_CONF.format(root=ROOT, directory=self.directory, users=redis_users.make_users(self.directory)))
        self.redis = Child('redis-server', ['redis-server', conf, '--pidfile', self.path('redis.pid')], self.path('redis.log'))
        self.redis.start()
        self.wait_until(self.redis_answers, self.redis)

    def make_evidence_key(self):
        """At the first start, so that the public key can be told to everybody before anything has happened."""
        done = subprocess.run([f'{BIN}/bochuang', 'key', '--data', self.directory], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFailure(f'there is no key to sign evidence with:\n{done.stderr.rstrip()}')
        self.evidence_key = done.stdout.strip()

    def redis_flags(self, user):
        return ['--redis', f'unix:{self.directory}/redis.sock', '--redis-user', user,
                '--redis-password-file', redis_users.password_file(self.directory, user)]

    def redis_answers(self):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(self.path('redis.sock'))
            with open(redis_users.password_file(self.directory, 'operator'), encoding='ascii') as file:
                link.sendall(f'AUTH operator {file.read().strip()}\r\n'.encode())
            return link.recv(64).startswith(b'+OK') and self.has_loaded(link)
        return False

    @staticmethod
    def has_loaded(link):
        """It lets people in while it still reads its log, and says -LOADING to what they ask."""
        link.sendall(b'PING\r\n')
        return link.recv(64).startswith(b'+PONG')

    def board_has_contests(self):
        if http_status(f'{self.board_url}/readyz') != 200:
            return False
        return all(http_status(f'{self.board_url}/v1/contests/{contest}/totals') == 200 for contest in self.contests)

    def wait_until(self, is_ready, child):
        """Polls; a child that ends before it was ready once is a failed start."""
        deadline = time.monotonic() + READY_S
        while not is_ready():
            if self.stopping:
                raise StartFailure('stopped while starting')
            if child.process.poll() is not None:
                raise StartFailure(f'{child.name} did not start:\n{child.last_words()}')
            if time.monotonic() > deadline:
                raise StartFailure(f'{child.name} is not ready after {READY_S:.0f} s:\n{child.last_words()}')
            time.sleep(0.05)

    # --- Tokens ---

    def write_tokens(self):
        """One for each role and streamer, made once. Who has joined since the last start gets one now."""
        path = self.path('tokens.json')
        kept = {}
        with contextlib.suppress(FileNotFoundError):
            with open(path, encoding='utf-8') as file:
                kept = json.load(file).get('contests', {})
        for contest in self.contests:
            self.add_tokens(contest, kept.setdefault(contest, {'streamers': {}}))
        redis_users.write_private(path, json.dumps({**kept[self.contests[0]], 'contests': kept}, indent=1, ensure_ascii=False) + '\n')

    def add_tokens(self, contest, tokens):
        with urllib.request.urlopen(f'{self.board_url}/v1/contests/{contest}', timeout=10) as answer:
            takes_part = [one['id'] for one in json.load(answer)['streamers']]
        roles = [role for role in ('organiser', 'judge', 'connector') if role not in tokens]
        streamers = [one for one in takes_part if one not in tokens['streamers']]
        wishes = roles + [f'streamer,{one}' for one in streamers]
        if not wishes:
            return
        done = subprocess.run([f'{BIN}/bochuang', 'token', 'create', '--contest', contest, '--data', self.directory,
                               '--many', '-j'], input='\n'.join(wishes) + '\n', capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StartFailure(f'the tokens could not be made:\n{done.stderr.rstrip()}')
        for line in done.stdout.splitlines():
            made = json.loads(line)
            if made['role'] == 'streamer':
                tokens['streamers'][made['streamer']] = made['token']
            else:
                tokens[made['role']] = made['token']

    # --- Running ---

    def run(self):
        demo = Demo(self) if self.arguments.demo else None
        while not self.stopping:
            time.sleep(WATCH_S)
            for child in (self.redis, self.ingest, self.board):
                child.watch()
            if demo is not None and not demo.goes_on():
                demo = None
        if demo is not None:
            demo.stop()

    def ask_to_stop(self, *_):
        self.stopping = True

    def stop(self):
        """Ingest first, so that what is on its way gets its answer; Redis last."""
        for child in (self.ingest, self.board, self.redis):
            if child is not None:
                child.stop()

    # --- Names ---

    def path(self, name):
        return os.path.join(self.directory, name)

    @property
    def ingest_url(self):
        return f'http://127.0.0.1:{self.arguments.port}'

    @property
    def page_origins(self):
        """Where this machine's browser has the screens from: they post to ingest, which is another origin."""
        return [f'http://{host}:{self.arguments.port + 1}' for host in ('127.0.0.1', 'localhost')]

    @property
    def board_url(self):
        return f'http://127.0.0.1:{self.arguments.port + 1}'


class Demo:
    """A whole contest, from its first sale to its results: one program after another, as long as each one holds."""

    def __init__(self, system):
        self.system = system
        self.contest = system.contests[0]
        self.process = None
        self.steps = self.steps_of(system)
        if self.is_over():
            say(f'the contest of this directory was played before; its results are in {self.folder}')
            self.steps = self.steps[1:]

    @property
    def folder(self):
        return self.system.path('results')

    def steps_of(self, system):
        """Each a command; what checks the results further comes behind the last one."""
        evidence = os.path.join(self.folder, f'{self.contest}.evidence')
        more = [word for name in ('speed', 'events') if getattr(system.arguments, name)
                for word in (f'--{name}', getattr(system.arguments, name))]
        places = ['--contest', self.contest, '--ingest', system.ingest_url, '--board', system.board_url,
                  '--tokens', system.path('tokens.json')]
        return [
            [f'{BIN}/bochuang', 'simulate', '--seed', str(system.arguments.seed), *places, *more],
            [sys.executable, os.path.join(ROOT, 'deploy', 'demo_results.py'), *places, '--folder', self.folder],
            [f'{BIN}/bochuang', 'export', self.contest, '--data', system.directory, '-o', evidence],
            [f'{BIN}/bochuang', 'verify', evidence, '--key', system.evidence_key],
        ]

    def is_over(self):
        with urllib.request.urlopen(f'{self.system.board_url}/v1/contests/{self.contest}/totals', timeout=10) as answer:
            return json.load(answer)['state'] in ('ended', 'provisional', 'final')

    def goes_on(self):
        """Takes the next step when the one before has ended; false when there is none left, or one failed."""
        if self.process is not None and self.process.poll() is None:
            return True
        if self.process is not None and self.process.returncode != 0:
            say(f'the demo ended ({describe(self.process.returncode)}); the system stays up, Ctrl-C stops it')
            return False
        if not self.steps:
            say(f'the demo is over, its results are in {self.folder}; the system stays up, Ctrl-C stops it')
            return False
        self.process = subprocess.Popen(self.steps.pop(0), stdin=subprocess.DEVNULL, stdout=sys.stderr, preexec_fn=die_with_parent)
        return True

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


def check_contest(path):
    """The id of the contest in a file, once the file is known to be right."""
    done = subprocess.run([f'{BIN}/bochuang', 'check', '-j', path], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout)['contest']
    told = subprocess.run([f'{BIN}/bochuang', 'check', path], capture_output=True, text=True, check=False)
    raise StartFailure(f'the contest file cannot be used:\n{(told.stdout + told.stderr).rstrip()}')


def check_port(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError as error:
            raise StartFailure(f'port {port} cannot be used ({error.strerror}); choose another with --port') from None


def end_stale_redis(pid_file):
    with contextlib.suppress(OSError, ValueError):
        with open(pid_file, encoding='ascii') as file:
            pid = int(file.read())
        with open(f'/proc/{pid}/cmdline', encoding='utf-8') as file:
            if 'redis-server' not in file.read():
                return
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while os.path.exists(f'/proc/{pid}') and time.monotonic() < deadline:
            time.sleep(0.05)


def main():
    system = System(parse_arguments())
    for number in STOPPING:
        signal.signal(number, system.ask_to_stop)
    try:
        system.prepare()
        system.start()
        print(f'ready ingest={system.ingest_url} board={system.board_url} tokens={system.path("tokens.json")}', flush=True)
        system.run()
    except StartFailure as failure:
        if not system.stopping:
            say(str(failure))
            return 1
    finally:
        system.stop()
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)  # all is stopped: whoever asks again gets the same exit code
    return 0


if __name__ == '__main__':
    sys.exit(main())
