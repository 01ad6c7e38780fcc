"""Starts what is measured, ours and the peers, each in a directory of its own, and reads what it costs.

Every server listens on the loopback only. CPU time is that of all threads of all processes of a server, read
from /proc/PID/task/*/schedstat (nanoseconds on a core), because that holds on a noisy machine.
"""
import contextlib
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get('BOCHUANG_BIN', os.path.join(ROOT, 'build/bin'))
BENCH_BIN = os.path.join(ROOT, 'build/bench')
CONTEST = 'youxian-2021'
REDIS_SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction',
                  '--no-appendfsync-on-rewrite', 'no', '--auto-aof-rewrite-percentage', '0']


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(check, what, seconds=30):
    """Polls until `check` is true; anything it raises counts as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            if check():
                return
        time.sleep(0.02)
    raise TimeoutError(f'{what}: not there after {seconds} s')


def port_is_open(port):
    with socket.create_connection(('127.0.0.1', port), timeout=1):
        return True


def get(port, path, token=None):
    headers = {'Authorization': f'Bearer {token}'} if token else {}
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def wait_for_quiet_disks(seconds=10):
    """Until no disk has had anything to do for a second: what one row wrote and deleted is not to wait in the next one's fsync."""
    def done():
        return [line.split()[2:] for line in open('/proc/diskstats')]

    os.sync()
    deadline = time.monotonic() + seconds
    before, now = None, done()
    while before != now and time.monotonic() < deadline:
        time.sleep(1)
        before, now = now, done()


class Server:
    """One process (with its children) that is measured."""

    def __init__(self, name, command, directory, port=None):
        self.name, self.port, self.directory = name, port, directory
        self.log = open(os.path.join(directory, f'{name}.log'), 'ab')
        self.process = subprocess.Popen(command, cwd=directory, stdout=self.log, stderr=self.log)
        if port:
            wait_for(lambda: port_is_open(port), name)

    def pids(self):
        found = [self.process.pid]
        with contextlib.suppress(OSError):
            for task in glob.glob(f'/proc/{self.process.pid}/task/*/children'):
                found += [int(pid) for pid in open(task).read().split()]
        return found

    def cpu_s(self):
        total = 0
        for pid in self.pids():
            for path in glob.glob(f'/proc/{pid}/task/*/schedstat'):
                with contextlib.suppress(OSError):
                    total += int(open(path).read().split()[0])
        return total / 1e9

    def resident_bytes(self):
        total = 0
        for pid in self.pids():
            for line in open(f'/proc/{pid}/status'):
                if line.startswith('VmRSS:'):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class Stage:
    """A directory, a Redis, and whatever servers a row asks for; all gone at its end, and the disk quiet again."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix='bochuang-bench-')
        self.servers = []
        return self

    def __exit__(self, *_):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
        wait_for_quiet_disks()

    def start(self, name, command, port=None):
        server = Server(name, command, self.directory, port)
        self.servers.append(server)
        return server

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, 'w') as file:
            file.write(text)
        return path

    @property
    def socket_path(self):
        return os.path.join(self.directory, 'redis.sock')

    def redis(self, *more):
        server = self.start('redis-server', ['redis-server', '--port', '0', '--unixsocket', self.socket_path, '--dir',
                                             self.directory, *REDIS_SETTINGS, *more])
        wait_for(lambda: self.redis_cli('PING') == 'PONG', 'redis-server')
        return server

    def redis_cli(self, *command):
        done = subprocess.run(['redis-cli', '-s', self.socket_path, *command], capture_output=True, text=True, timeout=120)
        return done.stdout.strip()

    def ingest(self, contest_file, *more):
        port = free_port()
        server = self.start('bochuang-ingest', [f'{BIN}/bochuang-ingest', '--port', str(port), '--redis',
                                                f'unix:{self.socket_path}', '--contest', contest_file, *more], port)
        wait_for(lambda: get(port, '/readyz'), 'bochuang-ingest')
        return server

    def aggregator(self, *more, wait_s=120):
        port = free_port()
        server = self.start('bochuang-aggregator', [f'{BIN}/bochuang-aggregator', '--port', str(port), '--redis',
                                                    f'unix:{self.socket_path}', *more], port)
        wait_for(lambda: get(port, '/readyz'), 'bochuang-aggregator', wait_s)
        return server

    def token(self, role, contest=CONTEST):
        done = subprocess.run([f'{BIN}/bochuang', 'token', 'create', '--contest', contest, '--role', role, '--data',
                               self.directory], capture_output=True, text=True, check=True, timeout=30)
        return done.stdout.split()[-1]

    def webdis(self):
        port = free_port()
        settings = {'redis_host': self.socket_path, 'redis_port': 0, 'http_host': '127.0.0.1', 'http_port': port,
                    'threads': 2, 'daemonize': False, 'database': 0, 'verbosity': 0, 'logfile': '/dev/null',
                    'http_max_request_size': 16 << 20,
                    'acl': [{'disabled': ['*']}, {'http_basic_auth': 'bench:secret', 'enabled': ['XADD']}]}
        return self.start('webdis', ['webdis', self.write('webdis.json', json.dumps(settings))], port)

    def nginx(self, name, server_block, modules=(), http=''):
        port = free_port()
        loads = ''.join(f'load_module /usr/lib/nginx/modules/{module};\n' for module in modules)
        conf = self.write(f'{name}.conf', f'''{loads}
worker_processes 1; worker_rlimit_nofile 20000; daemon off; master_process off; pid {self.directory}/{name}.pid;
error_log {self.directory}/{name}.error;
events {{ worker_connections 16000; }}
http {{ access_log off; keepalive_requests 1000000000; client_max_body_size 16m; client_body_buffer_size 1m;
  client_body_temp_path {self.directory}/{name}.body; proxy_temp_path {self.directory}/{name}.proxy;
  fastcgi_temp_path {self.directory}/{name}.fcgi; uwsgi_temp_path {self.directory}/{name}.uwsgi;
  scgi_temp_path {self.directory}/{name}.scgi; {http}
  server {{ listen 127.0.0.1:{port}; {server_block} }} }}''')
        return self.start(name, ['nginx', '-c', conf], port)

    def bare(self):
        """No peer: what the kernel takes for a request, whoever answers it."""
        port = free_port()
        return self.start('bare', [f'{BENCH_BIN}/bare', '--port', str(port)], port)

    def nginx_lua(self):
        """What many teams would run: check the token, parse the JSON, look at its fields, XADD, answer 202."""
        script = self.write('event.lua', LUA_EVENT.replace('SOCKET', self.socket_path))
        return self.nginx('nginx-lua', f'location / {{ content_by_lua_file {script}; }}',
                          ('ndk_http_module.so', 'ngx_http_lua_module.so'),
                          'lua_package_path "/usr/share/lua/5.1/?.lua;;"; lua_package_cpath "/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;;";')


LUA_EVENT = '''
local cjson, redis = require "cjson.safe", require "nginx.redis"
local tokens = { ["Bearer bench-secret"] = "connector" }
if not tokens[ngx.var.http_authorization] then return ngx.exit(401) end
ngx.req.read_body()
local body = ngx.req.get_body_data()
local event = cjson.decode(body)
if type(event) ~= "table" or type(event.id) ~= "string" or #event.id > 64 or event.type ~= "order.paid"
   or type(event.time) ~= "string" or type(event.session) ~= "string" or type(event.product) ~= "string"
   or type(event.quantity) ~= "number" or event.quantity < 1 or type(event.amount_fen) ~= "number" then
  ngx.status = 422
  return ngx.say('{"accepted":0}')
end
local link = redis:new()
local ok, err = link:connect("unix:SOCKET")
if not ok then return ngx.exit(503) end
local id, failure = link:xadd("bench", "*", "e", body)
if not id then return ngx.exit(503) end
link:set_keepalive(10000, 256)
ngx.status = 202
ngx.header["Content-Type"] = "application/json"
ngx.print('{"accepted":1,"rejected":0,"errors":[]}')
'''
